"""Files that lie elsewhere: on web servers, in buckets of object storage, and on servers with SFTP."""
