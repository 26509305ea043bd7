using System.Text.Json;
using System.Text.Json.Serialization;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Web.Filters;

/// <summary>The saved views and highlights, kept in <c>views.json</c> of the confdir and shared by all dashboards. Thread-safe.</summary>
public sealed partial class SavedFilterLibrary
{
    /// <summary>The most views, and the most highlights.</summary>
    public const int MaxCount = 200;

    private readonly string? _path;
    private readonly Lock _lock = new();

    /// <summary>Opens what an earlier run kept. A damaged file is told (<see cref="Problem"/>), and kept aside when something new is saved.</summary>
    /// <param name="path">The file; null to keep nothing beyond the end.</param>
    /// <param name="language">The language that gets the views.</param>
    public SavedFilterLibrary(string? path, FilterLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        (_path, Language) = (path, language);
        Load();
    }

    /// <summary>The language with the views in it.</summary>
    public FilterLanguage Language { get; }

    /// <summary>What is saved.</summary>
    public SavedFilters Saved => Language.Saved;

    /// <summary>Why what was saved before is not there, in a sentence; null when it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Saves a view, or changes one.</summary>
    /// <param name="name">The view to change; a name that is not there makes a new one.</param>
    /// <param name="newName">What it is called from now on; null for <paramref name="name"/>.</param>
    /// <param name="filter">What it stands for.</param>
    /// <exception cref="ArgumentException">It cannot be so; the message is for people.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing has changed.</exception>
    public void SaveView(string name, string? newName, string filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        newName ??= name;
        lock (_lock)
        {
            if (SavedView.CheckName(newName) is { } problem)
            {
                throw new ArgumentException(problem);
            }

            var before = Saved.Find(name);
            var other = Saved.Find(newName);
            if (other is not null && other != before)
            {
                throw new ArgumentException($"There is a view “{other.Name}” already; choose another name.");
            }

            if (before is not null && !newName.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                CheckUnused(before.Name, "renamed");
            }

            if (string.IsNullOrWhiteSpace(filter))
            {
                throw new ArgumentException("A view without a filter would be the whole list; write a filter first.");
            }

            Check($"view “{newName}”", filter, Language, newName);
            var view = new SavedView(newName, filter.Trim());
            Write(Saved with
            {
                Views = before is null ? [.. Saved.Views, view] : [.. Saved.Views.Select(one => one == before ? view : one)],
            });
        }
    }

    /// <summary>Removes a view.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="ArgumentException">Others need it; the message is for people.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing has changed.</exception>
    public bool RemoveView(string name)
    {
        lock (_lock)
        {
            if (Saved.Find(name) is not { } view)
            {
                return false;
            }

            CheckUnused(view.Name, "deleted");
            Write(Saved with { Views = [.. Saved.Views.Where(one => one != view)] });
            return true;
        }
    }

    /// <summary>Replaces all highlights.</summary>
    /// <exception cref="ArgumentException">One cannot be so; the message is for people.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing has changed.</exception>
    public void SetHighlights(IReadOnlyList<HighlightRule> highlights)
    {
        ArgumentNullException.ThrowIfNull(highlights);
        lock (_lock)
        {
            for (var i = 0; i < highlights.Count; i++)
            {
                if (!HighlightRule.Colors.Contains(highlights[i].Color))
                {
                    throw new ArgumentException($"“{highlights[i].Color}” is not a colour; there are {string.Join(", ", HighlightRule.Colors)}.");
                }

                if (string.IsNullOrWhiteSpace(highlights[i].Filter))
                {
                    throw new ArgumentException($"Highlight {i + 1} needs a filter.");
                }

                Check($"highlight {i + 1}", highlights[i].Filter, Language, null);
            }

            Write(Saved with { Highlights = [.. highlights] });
        }
    }

    private static void Check(string what, string filter, FilterLanguage language, string? within)
    {
        if (!FlowFilter.TryParse(filter, out _, out var error, language: language, within: within))
        {
            throw new ArgumentException($"The filter of {what} cannot be read: {error.Message}");
        }
    }

    /// <summary>A view that others use can neither go nor change its name: they would no longer be filters.</summary>
    private void CheckUnused(string name, string what)
    {
        var users = Saved.Views.Where(view => Uses(view.Filter)).Select(view => $"the view “{view.Name}”")
            .Concat(Saved.Highlights.Where(rule => Uses(rule.Filter)).Select(rule => $"the highlight “{rule.Filter}”"));
        if (users.FirstOrDefault() is { } user)
        {
            throw new ArgumentException($"The view “{name}” cannot be {what}: {user} uses it. Change that first.");
        }

        bool Uses(string filter) => FlowFilter.TryParse(filter, out var read, out _, language: Language)
            && ViewNode.NamesIn(read.Tree).Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private void Load()
    {
        if (_path is null || !File.Exists(_path))
        {
            return;
        }

        try
        {
            using var stream = File.OpenRead(_path);
            if (JsonSerializer.Deserialize(stream, KeptJson.Default.Kept) is not { } kept
                || kept.Views?.Any(view => view is null || SavedView.CheckName(view.Name) is not null || view.Filter is null) == true
                || kept.Highlights?.Any(rule => rule is null or { Filter: null } or { Color: null }) == true)
            {
                throw new JsonException("it does not hold what MitmWeb writes.");
            }

            Language.Saved = new SavedFilters(
                kept.Views?.DistinctBy(view => view!.Name, StringComparer.OrdinalIgnoreCase).ToArray() ?? [], kept.Highlights ?? []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            Problem = $"The saved filters could not be read from {_path} ({exception.Message.TrimEnd('.')}). The file stays as it is; mend it and start again, or save a filter, and it is kept aside under another name.";
        }
    }

    private void Write(SavedFilters saved)
    {
        if (saved.Views.Count > MaxCount || saved.Highlights.Count > MaxCount)
        {
            throw new ArgumentException($"At most {MaxCount} views and {MaxCount} highlights can be saved; delete some first.");
        }

        if (_path is not null)
        {
            try
            {
                if (Problem is not null && File.Exists(_path))
                {
                    KeepAside(_path);
                }

                File.WriteAllBytes(_path + "-new", JsonSerializer.SerializeToUtf8Bytes(new Kept(saved.Views, saved.Highlights), KeptJson.Default.Kept));
                File.Move(_path + "-new", _path, overwrite: true);
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new IOException($"The saved filters cannot be written to {_path} ({exception.Message.TrimEnd('.')}); give MitmWeb the right to.", exception);
            }
            catch (IOException exception)
            {
                throw new IOException($"The saved filters cannot be written to {_path} ({exception.Message.TrimEnd('.')}); look at the disk.", exception);
            }
        }

        Problem = null;
        Language.Saved = saved;
    }

    private static void KeepAside(string path)
    {
        var number = 1;
        while (File.Exists($"{path}.damaged-{number}"))
        {
            number++;
        }

        File.Move(path, $"{path}.damaged-{number}");
    }

    internal sealed record Kept(IReadOnlyList<SavedView>? Views, IReadOnlyList<HighlightRule>? Highlights);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
    [JsonSerializable(typeof(Kept))]
    private sealed partial class KeptJson : JsonSerializerContext;
}
