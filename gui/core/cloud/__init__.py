"""Who rents out machines. One file a cloud, all of one shape."""
