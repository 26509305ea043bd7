using System.Globalization;
using System.Text;

namespace MitmWeb.Proxy.Filters;

/// <summary>A condition on rows of <c>flow</c> as it is written, with what it leaves open.</summary>
/// <param name="firstParameter">The number of its first parameter.</param>
internal sealed class FilterSql(int firstParameter)
{
    private readonly StringBuilder _text = new();

    /// <summary>The values of the parameters, in their order: strings and numbers.</summary>
    public List<object> Values { get; } = [];

    public FilterSql Append(string sql)
    {
        _text.Append(sql);
        return this;
    }

    public FilterSql Append(long number)
    {
        _text.Append(CultureInfo.InvariantCulture, $"{number}");
        return this;
    }

    /// <summary>Appends a parameter.</summary>
    public FilterSql Parameter(object value)
    {
        Values.Add(value);
        _text.Append(CultureInfo.InvariantCulture, $"?{firstParameter + Values.Count - 1}");
        return this;
    }

    public override string ToString() => _text.ToString();
}
