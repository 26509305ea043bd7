using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Tests.Cli;

/// <summary><c>mitmweb sql</c> as a user runs it.</summary>
public sealed class SqlCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mitmweb-sql-").FullName;

    private string Session => Path.Combine(_folder, "session.mitmweb");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sql_PrintsRows_AsATableOrIntoAFile()
    {
        await FlowStore.Open(Session).DisposeAsync();
        var file = Path.Combine(_folder, "rows.csv");

        Assert.Equal((0, "n  t\n-  -\n1  a", ""), await MitmWebProcess.RunAsync("sql", Session, "SELECT 1 AS n, 'a' AS t"));
        Assert.Equal((0, "", ""), await MitmWebProcess.RunAsync("sql", Session, "SELECT 1 AS n, '' AS t, NULL AS z", "--format", "csv", "-o", file));
        Assert.Equal("n,t,z\r\n1,\"\",\r\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Sql_WrongStatement_IsOneLineWithItsPlace()
    {
        await FlowStore.Open(Session).DisposeAsync();

        var (code, output, errors) = await MitmWebProcess.RunAsync("sql", Session, "SELECT id,\n  hst FROM flows");

        Assert.Equal((1, ""), (code, output));
        Assert.Equal("mitmweb: There is no column hst. Did you mean host? (line 2, column 3)\n", errors);
    }

    [Theory]
    [InlineData("sql needs a session file", "sql")]
    [InlineData("--format is table, csv, json or jsonl, not 'xml'", "sql", "x", "SELECT 1", "--format", "xml")]
    [InlineData("did you mean '--timeout'?", "sql", "x", "SELECT 1", "--timout", "3")]
    public async Task Sql_WrongCommandLine_IsTold(string expected, params string[] arguments)
    {
        var (code, _, errors) = await MitmWebProcess.RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }
}
