using System.Text.Json.Serialization;

namespace MitmWeb.Web.Api;

/// <summary>A client that was heard of.</summary>
/// <param name="Address">Its IP address.</param>
/// <param name="At">When.</param>
public sealed record LastClientDto(string Address, [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset At);
