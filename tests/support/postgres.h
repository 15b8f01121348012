// PostgreSQL for tests. One private server serves the whole process (or the one that CAIRN_TEST_POSTGRES names, a URL
// without a database, which `./dev test` starts once for all programs); it ends with the process.
#pragma once
#include <optional>
#include <string>

namespace cairn::test {

/// A fresh, empty database of a private server, or nullopt with the reason logged when PostgreSQL is not installed.
/// The databases are dropped when the process ends. Call it from the main thread.
std::optional<std::string> fresh_postgres();

}  // namespace cairn::test
