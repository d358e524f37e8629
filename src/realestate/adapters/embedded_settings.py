"""How the embedded server is set: fit for one user's machine, and never less durable for it."""

from __future__ import annotations

MB = 1 << 20

# What makes a commit survive a crash. PostgreSQL's defaults, written down so that no file lowers them.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

# A local socket, no other way in.
CLOSED = {"listen_addresses": "", "unix_socket_permissions": "0700", "password_encryption": "scram-sha-256"}

# A value of a statement or a parameter is personal data: none reaches server.log, not even with an error.
SILENT = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "fatal",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_error_verbosity": "terse",
    "log_lock_waits": "off",
    "log_autovacuum_min_duration": "-1",
    "log_checkpoints": "off",
    "log_connections": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "lc_messages": "C",
}

# Bulk loads write much and seldom; one process works at a time. Compiling plans does not pay here.
FAST = {
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "effective_io_concurrency": "16",
    "jit": "off",
}

SMALL_SHARED_MEMORY = 1 << 30


def server_settings(memory: int, shared_memory: int | None) -> dict[str, str]:
    """Settings for the server's command line.

    Args:
        memory: Bytes of the machine; a sixteenth of it, 32 to 256 MB, becomes the server's own cache.
        shared_memory: Bytes of /dev/shm. Containers often have 64 MB, too little for a
            parallel join, which then fails; segments of System V know no such limit.
    """
    cache = min(256, max(32, memory // 16 // MB))
    settings = {**DURABLE, **CLOSED, **SILENT, **FAST, "shared_buffers": f"{cache}MB"}
    if shared_memory is not None and shared_memory < SMALL_SHARED_MEMORY:
        settings["dynamic_shared_memory_type"] = "sysv"
    return settings
