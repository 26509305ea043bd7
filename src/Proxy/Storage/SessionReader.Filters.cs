using System.Buffers;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>What the SQL of filters calls back.</summary>
internal sealed partial class SessionReader
{
    private const int MaxRememberedConnections = 100_000;
    private const int StackLimit = 1024;

    private readonly Dictionary<(int Test, long Connection), bool> _connections = [];
    private FlowFilter _filter = FlowFilter.Everything;
    private RegexBudget _budget = new();
    private RememberedAnswers?[] _answers = [];

    private void DefineFilterFunctions()
    {
        _database.Define(FilterFunctions.Text, 2, TestText);
        _database.Define(FilterFunctions.Value, 2, TestValue);
        _database.Define(FilterFunctions.Url, 5, TestUrl);
        _database.Define(FilterFunctions.Heads, 5, TestHeads);
        _database.Define(FilterFunctions.Connections, 3, arguments => CalledBack(arguments, TestConnections));
        _database.Define(FilterFunctions.Bodies, 2, arguments => CalledBack(arguments, TestBodies));
    }

    /// <summary>A statement with a filter's condition in it. What its functions then ask for is this filter's, so a connection has one at a time.</summary>
    private Statement Apply(FlowFilter filter, string sql, int firstParameter)
    {
        if (!ReferenceEquals(filter, _filter))
        {
            _filter = filter;
            _answers = new RememberedAnswers?[filter.TextTests];
            _connections.Clear();
        }

        var statement = Prepared(sql);
        filter.Bind(statement, firstParameter);
        return statement;
    }

    /// <summary>A new question begins: connections may have changed, and regular expressions have all their time again.</summary>
    private void BeginFilter()
    {
        _budget = new RegexBudget();
        _connections.Clear();
        _content.Forget();
    }

    private bool? TestText(SqlArguments arguments) =>
        arguments.IsNull(1) ? null : _filter.TextTest(arguments.Int32(0)).Matches(arguments.Bytes(1), _budget);

    private bool? TestValue(SqlArguments arguments)
    {
        if (arguments.IsNull(1))
        {
            return null;
        }

        var number = arguments.Int32(0);
        return (_answers[number] ??= new RememberedAnswers()).Get(arguments.Bytes(1), _filter.TextTest(number), _budget);
    }

    private bool? TestUrl(SqlArguments arguments)
    {
        var scheme = arguments.Bytes(1);
        var host = arguments.Bytes(2);
        var path = arguments.Bytes(4);
        var longest = scheme.Length + host.Length + path.Length + FlowUrl.MaxRest;
        var rented = longest > StackLimit ? ArrayPool<byte>.Shared.Rent(longest) : null;
        Span<byte> buffer = rented ?? stackalloc byte[StackLimit];
        try
        {
            var length = FlowUrl.Write(buffer, scheme, host, arguments.Int64(3), path);
            return _filter.TextTest(arguments.Int32(0)).Matches(buffer[..length], _budget);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private bool? TestHeads(SqlArguments arguments) => _filter.HeadTest(arguments.Int32(0))
        .Matches(arguments.Bytes(1), arguments.Bytes(2), arguments.Bytes(3), arguments.Bytes(4), _budget);

    private bool? TestConnections(SqlArguments arguments)
    {
        var number = arguments.Int32(0);
        return Passes(number, arguments.Int64(1), ofClient: true) || (!arguments.IsNull(2) && Passes(number, arguments.Int64(2), ofClient: false));
    }

    private bool Passes(int number, long id, bool ofClient)
    {
        if (!_connections.TryGetValue((number, id), out var passes))
        {
            var connection = FindConnection(id) ?? (ofClient ? new FilterConnection(id, null, null, null, null, null, null) : null);
            passes = _filter.ConnectionTest(number).Passes(connection, _budget);
            if (_connections.Count >= MaxRememberedConnections)
            {
                _connections.Clear();
            }

            _connections.Add((number, id), passes);
        }

        return passes;
    }

    private bool? TestBodies(SqlArguments arguments)
    {
        var (test, id) = (arguments.Int32(0), arguments.Int64(1));
        if (_hits?.Passes(test, id) is { } known)
        {
            return known;
        }

        _content.Show(id);
        return _filter.TestBodies(test, _content, _budget);
    }

    /// <summary>Runs a function that runs statements itself, within one that runs.</summary>
    private bool? CalledBack(SqlArguments arguments, SqlFunction function)
    {
        var was = _isCalledBack;
        _isCalledBack = true;
        try
        {
            return function(arguments);
        }
        finally
        {
            _isCalledBack = was;
        }
    }
}
