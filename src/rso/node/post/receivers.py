"""Messages about arrangements are the post's own business."""
