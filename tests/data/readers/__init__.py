"""Programs that behave as badly as a reader could, started by `explorer.data.formats.apart`."""
