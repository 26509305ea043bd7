namespace MitmWeb.Proxy.Filters;

/// <summary>What filters mean here, beyond what the language says: the saved views, and whether the <c>~</c> operators look at case. Thread-safe.</summary>
public sealed class FilterLanguage
{
    private SavedFilters _saved = SavedFilters.None;

    /// <summary>The language alone.</summary>
    internal static FilterLanguage Plain { get; } = new();

    /// <summary>Whether the regular expressions of <c>~</c> operators look at case.</summary>
    public bool IsCaseSensitive { get; init; }

    /// <summary>What is saved at present. A filter keeps what it was read with.</summary>
    public SavedFilters Saved
    {
        get => Volatile.Read(ref _saved);
        set => Volatile.Write(ref _saved, value);
    }

    /// <summary>The same language with other saved filters.</summary>
    public FilterLanguage With(SavedFilters saved) => new() { IsCaseSensitive = IsCaseSensitive, Saved = saved };
}
