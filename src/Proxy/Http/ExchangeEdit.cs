using System.Globalization;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// Something of MitmWeb that changes an exchange on its way. It does no I/O: heads and, where it asks for them, whole bodies go in, and what
/// is to be sent instead comes out; the <see cref="Exchange"/> does the reading, the limits and the framing, and marks the flow, so that
/// nobody takes it for what the two sides said.
/// </summary>
internal abstract class ExchangeEdit
{
    /// <summary>What the flow is marked with (<see cref="Flows.Flow.ModifiedBy"/>).</summary>
    public abstract string Name { get; }

    /// <summary>Where the request goes instead.</summary>
    public virtual Destination Redirect(Destination asked) => asked;

    /// <summary>The request to send instead. Its body goes on as it comes, so its framing must stay.</summary>
    public virtual RequestHead Request(RequestHead outgoing) => outgoing;

    /// <summary>How long a body may be to be held and handed to <see cref="Response"/> whole, in bytes as they are on the wire; 0 to let it
    /// pass. A longer one passes untouched.</summary>
    public virtual int BodyLimit(ResponseHead head) => 0;

    /// <summary>The response to send instead.</summary>
    /// <param name="head">The final head as the server sent it.</param>
    /// <param name="body">The whole body, still content-encoded; null when it passes by itself.</param>
    public virtual EditedResponse Response(ResponseHead head, ReadOnlyMemory<byte>? body) => new(head, null);

    /// <summary>A head of the same status with other fields.</summary>
    /// <param name="head">The head that it is made from.</param>
    /// <param name="fields">Its fields, those that frame the body as they were.</param>
    /// <param name="bodyLength">The length of the new body; null when the old one passes.</param>
    protected static ResponseHead With(ResponseHead head, IEnumerable<HeaderField> fields, int? bodyLength)
    {
        if (bodyLength is { } length)
        {
            // Trailers belong to the body that is not sent (RFC 9110, section 6.5).
            var name = head.Version == "HTTP/2" ? "content-length" : "Content-Length";
            fields = fields
                .Where(field => field.Name.ToLowerInvariant() is not ("content-length" or "transfer-encoding" or "trailer"))
                .Append(new HeaderField(name, length.ToString(CultureInfo.InvariantCulture)));
        }

        return ResponseHead.Create(head.Version, head.Status, head.Reason, fields);
    }
}
