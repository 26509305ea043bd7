using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MitmWeb.Proxy.Certificates;

/// <summary>An Apple configuration profile with one payload, <c>com.apple.security.root</c> (Apple's Device Management, CertificateRoot).</summary>
internal static class MobileConfiguration
{
    public static string Create(X509Certificate2 certificate)
    {
        var hash = SHA256.HashData(certificate.RawData);
        var identifier = $"mitmweb.ca.{Convert.ToHexStringLower(hash.AsSpan(0, 8))}";
        return $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
              <key>PayloadType</key><string>Configuration</string>
              <key>PayloadVersion</key><integer>1</integer>
              <key>PayloadIdentifier</key><string>{identifier}</string>
              <key>PayloadUUID</key><string>{StableUuid(hash, "profile")}</string>
              <key>PayloadDisplayName</key><string>MitmWeb certificate authority</string>
              <key>PayloadDescription</key><string>Lets the MitmWeb proxy show the HTTPS traffic of this device. Remove it when you are done.</string>
              <key>PayloadOrganization</key><string>MitmWeb</string>
              <key>PayloadRemovalDisallowed</key><false/>
              <key>PayloadContent</key>
              <array>
                <dict>
                  <key>PayloadType</key><string>com.apple.security.root</string>
                  <key>PayloadVersion</key><integer>1</integer>
                  <key>PayloadIdentifier</key><string>{identifier}.root</string>
                  <key>PayloadUUID</key><string>{StableUuid(hash, "root")}</string>
                  <key>PayloadDisplayName</key><string>MitmWeb CA</string>
                  <key>PayloadCertificateFileName</key><string>{CertificateAuthority.CerFileName}</string>
                  <key>PayloadContent</key>
                  <data>{Convert.ToBase64String(certificate.RawData)}</data>
                </dict>
              </array>
            </dict>
            </plist>

            """;
    }

    /// <summary>A UUID of version 8 (RFC 9562, section 5.8) from the certificate: the same for the same authority, so that it replaces itself.</summary>
    private static string StableUuid(byte[] certificateHash, string part)
    {
        var bytes = SHA256.HashData([.. certificateHash, .. Encoding.ASCII.GetBytes(part)]).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D").ToUpperInvariant();
    }
}
