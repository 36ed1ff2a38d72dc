public import Grid

// Only the grid is imported here: both it and the estate have a `Span`, and this file gives the grid's another name.

/// A piece of text in one ink, as `Canvas.put` takes them.
public typealias Piece = Span
