using System.Globalization;
using BenchmarkDotNet.Attributes;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>A leaf certificate with its TLS context: a new one, and one that was issued before.</summary>
public class LeafIssue
{
    private readonly LeafSubject _known = LeafSubject.ForHost("known.example");
    private DirectoryInfo _folder = null!;
    private CertificateAuthority _authority = null!;
    private LeafCertificates _leaves = null!;
    private long _issued;

    [Params(KeyKind.Ecdsa, KeyKind.Rsa)]
    public KeyKind Key { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("mitmweb-bench-");
        _authority = CertificateAuthority.LoadOrCreate(_folder.FullName, Key, TimeProvider.System);
        _leaves = new LeafCertificates(_authority, revocationList: new Uri("http://mitm.it" + _authority.RevocationListPath));
        _leaves.Get(_known);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _leaves.Dispose();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Benchmark]
    public object New() => _leaves.Get(LeafSubject.ForHost("host" + (_issued++).ToString(CultureInfo.InvariantCulture) + ".example"));

    [Benchmark]
    public object Known() => _leaves.Get(_known);
}
