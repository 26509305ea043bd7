using System.Collections.Concurrent;
using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Hosting;

/// <summary>Gathers what the dashboard's frame shows from the engine, the CA and the store.</summary>
internal sealed class StateSource : IStateSource, IDisposable
{
    private readonly ProxyServer _proxy;
    private readonly LiveStore _live;
    private readonly SessionFolder _folder;
    private readonly CaDto _ca;
    private readonly WebDto _web;
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly ConcurrentDictionary<IPAddress, bool> _clients = new();

    public StateSource(ProxyServer proxy, CertificateAuthority authority, LiveStore live, SessionFolder folder, string url)
    {
        _proxy = proxy;
        (_live, _folder) = (live, folder);
        _web = new WebDto(url);
        _ca = new CaDto(
            authority.Certificate.Subject,
            authority.FingerprintSha256,
            authority.NotBefore,
            authority.NotAfter,
            authority.KeyAlgorithm,
            authority.CertificatePath);
        _proxy.Changed += OnProxyChanged;
        _live.RetentionChanged += OnRetentionChanged;
        _live.BodyIndexChanged += OnBodyIndexChanged;
        _live.RecordingChanged += OnRecordingChanged;
    }

    public event Action? Changed;

    public StateDto Current => new(
        ProductVersion.Text,
        _startedAt,
        [.. _proxy.Listeners.Select(one => new ListenerDto(one.Mode, one.Host, one.Port, one.Addresses, null, one.Connections))],
        _clients.Count,
        _proxy.LastClient is var (address, at) ? new LastClientDto(address.ToString(), at) : null,
        _ca,
        SessionDto.From(_live.Current, _folder),
        _web,
        new PassThroughDto(_proxy.Options.IgnoreHosts, _proxy.Options.AllowHosts, _proxy.Options.PassThroughAfter, [.. _proxy.PassThrough.Entries.Select(PassedHostDto.From)]),
        [.. _proxy.Rejections.Select(RejectionDto.From)],
        new ProxyOptions().MagicHosts[0],
        [.. _proxy.Options.SslStrip.Select(target => target.ToString())],
        RetentionDto.From(_live.Current),
        BodyIndexDto.From(_live.Current.BodyIndex),
        RecordingDto.From(_live));

    public void Dispose()
    {
        _proxy.Changed -= OnProxyChanged;
        _live.RetentionChanged -= OnRetentionChanged;
        _live.BodyIndexChanged -= OnBodyIndexChanged;
        _live.RecordingChanged -= OnRecordingChanged;
    }

    private void OnRetentionChanged() => Changed?.Invoke();

    private void OnBodyIndexChanged() => Changed?.Invoke();

    private void OnRecordingChanged() => Changed?.Invoke();

    private void OnProxyChanged()
    {
        if (_proxy.LastClient is var (address, _))
        {
            _clients.TryAdd(address, true);
        }

        Changed?.Invoke();
    }
}
