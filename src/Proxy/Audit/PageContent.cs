namespace MitmWeb.Proxy.Audit;

/// <summary>What of a page matters to the audit.</summary>
/// <param name="Addresses">The addresses with http, https, ws or wss that it uses; the first <see cref="MaxAddresses"/>.</param>
/// <param name="Forms">How many forms it has.</param>
/// <param name="HasPassword">Whether it asks for a password.</param>
/// <param name="UpgradesRequests">Whether it has browsers load everything over https (CSP upgrade-insecure-requests).</param>
internal sealed record PageContent(IReadOnlyList<PageAddress> Addresses, int Forms, bool HasPassword, bool UpgradesRequests)
{
    public const int MaxAddresses = 2000;

    /// <summary>Reads a page.</summary>
    /// <param name="html">The page's text, perhaps cut off.</param>
    /// <param name="address">Where it came from.</param>
    public static PageContent Read(string html, Uri address)
    {
        var addresses = new List<PageAddress>();
        var origin = address;
        var hasBase = false;
        var (forms, hasPassword, upgrades) = (0, false, false);
        foreach (var tag in HtmlTags.Read(html))
        {
            switch (tag.Name)
            {
                case "base" when !hasBase && tag["href"] is { } href && Uri.TryCreate(address, href.Trim(), out var changed):
                    (origin, hasBase) = (changed, true);
                    break;
                case "script" or "iframe" or "embed" or "frame":
                    Add(PageUse.Active, tag["src"]);
                    break;
                case "object":
                    Add(PageUse.Active, tag["data"]);
                    break;
                case "link":
                    AddLink(tag);
                    break;
                case "img":
                    Add(PageUse.Passive, tag["src"]);
                    AddSet(tag["srcset"]);
                    break;
                case "source":
                    Add(PageUse.Passive, tag["src"]);
                    AddSet(tag["srcset"]);
                    break;
                case "audio" or "video" or "track":
                    Add(PageUse.Passive, tag["src"]);
                    Add(PageUse.Passive, tag["poster"]);
                    break;
                case "form":
                    forms++;
                    Add(PageUse.Form, tag["action"]);
                    break;
                case "button" or "input":
                    Add(PageUse.Form, tag["formaction"]);
                    hasPassword |= string.Equals(tag["type"], "password", StringComparison.OrdinalIgnoreCase);
                    if (string.Equals(tag["type"], "image", StringComparison.OrdinalIgnoreCase))
                    {
                        Add(PageUse.Passive, tag["src"]);
                    }

                    break;
                case "a" or "area":
                    Add(PageUse.Link, tag["href"]);
                    break;
                case "meta":
                    ReadMeta(tag);
                    break;
            }
        }

        return new PageContent(addresses, forms, hasPassword, upgrades);

        void Add(PageUse use, string? text)
        {
            if (!string.IsNullOrWhiteSpace(text)
                && addresses.Count < MaxAddresses
                && Uri.TryCreate(origin, text.Trim(), out var target)
                && target.Scheme is "http" or "https" or "ws" or "wss")
            {
                addresses.Add(new PageAddress(use, target));
            }
        }

        void AddSet(string? candidates)
        {
            foreach (var candidate in candidates?.Split(',') ?? [])
            {
                Add(PageUse.Passive, candidate.Trim().Split(' ')[0]);
            }
        }

        void AddLink(HtmlTag tag)
        {
            var relations = (tag["rel"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (Has("stylesheet") || Has("modulepreload") || Has("manifest") || (Has("preload") && tag["as"] is "script" or "style"))
            {
                Add(PageUse.Active, tag["href"]);
            }
            else if (Has("icon") || Has("preload") || Has("apple-touch-icon"))
            {
                Add(PageUse.Passive, tag["href"]);
            }

            bool Has(string relation) => relations.Contains(relation, StringComparer.OrdinalIgnoreCase);
        }

        void ReadMeta(HtmlTag tag)
        {
            var content = tag["content"] ?? "";
            switch (tag["http-equiv"]?.ToLowerInvariant())
            {
                case "content-security-policy":
                    upgrades |= HasUpgrade(content);
                    break;
                case "refresh" when content.IndexOf("url=", StringComparison.OrdinalIgnoreCase) is var at and >= 0:
                    Add(PageUse.Link, content[(at + 4)..].Trim('\'', '"', ' '));
                    break;
            }
        }
    }

    /// <summary>Whether a policy has browsers load everything over https (Upgrade Insecure Requests, section 3.1).</summary>
    public static bool HasUpgrade(string policy) =>
        policy.Split(';', ',').Any(directive => directive.Trim().Equals("upgrade-insecure-requests", StringComparison.OrdinalIgnoreCase));
}
