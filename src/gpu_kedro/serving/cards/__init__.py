"""What stands around a GPU: where it stands among all, its desktop or laptop sibling, its successor."""
