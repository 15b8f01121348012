#include "db/migrations.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::db {
namespace {

constexpr std::string_view kFolder = "db/migrations/";
constexpr int64_t kExtraNumber = 9999;

struct Ran {
  std::string name;
  std::string checksum;
};

Result<Migration> make_migration(std::string_view file, std::string_view text, Driver driver) {
  Migration out;
  std::string_view stem = file.substr(0, file.size() - std::string_view(".sql").size());
  auto digits = std::from_chars(stem.data(), stem.data() + stem.size(), out.number);
  if (digits.ec != std::errc{} || digits.ptr != stem.data() + 4 || out.number <= 0)
    return fail(Code::internal, "{}: a migration's name begins with four digits and '_'", file);
  out.name = stem;
  out.checksum = fmt::format("{:016x}", hash64(text));
  auto script = select_dialect(text, driver);
  if (!script) return fail(Code::internal, "{}: {}", file, script.error().message);
  out.script = std::move(*script);
  return out;
}

Result<std::map<int64_t, Ran>> read_ran(Connection& connection) {
  TRY(connection.begin_read());
  std::map<int64_t, Ran> ran;
  auto read = connection.each("migrations.all", {}, [&](const Row& row) {
    ran[row.integer(0)] = {std::string(row.text(1)), std::string(row.text(2))};
    return true;
  });
  connection.rollback();
  TRY(std::move(read));
  return ran;
}

Result<void> check_ran(const std::map<int64_t, Ran>& ran, const std::vector<Migration>& known) {
  for (const auto& entry : ran) {
    const Ran& row = entry.second;
    auto found = std::find_if(known.begin(), known.end(), [&](const Migration& m) { return m.number == entry.first; });
    if (found == known.end())
      return fail(Code::conflict,
                  "the store was made by a newer version of Cairn (it has {}, unknown to this one); use that version "
                  "or newer",
                  row.name);
    if (found->checksum != row.checksum)
      return fail(Code::conflict,
                  "the migration {} has changed since it ran on this store; use the version of Cairn that made it, or "
                  "put the change into a new migration",
                  row.name);
  }
  return {};
}

Result<void> run_migration(Connection& connection, Clock& clock, const Migration& migration) {
  TRY(connection.begin_write());
  auto ran = connection.execute(migration.script);
  if (ran)
    if (auto added = connection.run("migrations.add", {{"number", migration.number},
                                                       {"name", migration.name},
                                                       {"checksum", migration.checksum},
                                                       {"applied_at", clock.now()}});
        !added)
      ran = tl::unexpected(added.error());
  if (ran) ran = connection.commit();
  if (ran) return {};
  connection.rollback();
  if (ran.error().code != Code::internal) return ran;
  return fail(Code::internal, "the migration {} fails: {}", migration.name,
              ran.error().detail.empty() ? ran.error().message : ran.error().detail);
}

}  // namespace

const char* const kMigrationQueries = R"(
-- name: all
SELECT number, name, checksum FROM schema_migrations ORDER BY number;
-- name: add
INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (:number, :name, :checksum, :applied_at);
)";

Result<std::string> select_dialect(std::string_view text, Driver driver) {
  std::string out;
  bool ours = true, inside = false;
  for (std::string_view line : split(text, '\n')) {
    std::string_view mark = trim(line);
    if (mark == "-- [sqlite]" || mark == "-- [postgres]") {
      inside = true;
      ours = (mark == "-- [sqlite]") == (driver == Driver::sqlite);
    } else if (mark == "-- [end]") {
      if (!inside) return fail(Code::invalid, "'-- [end]' ends nothing");
      inside = false;
      ours = true;
    } else if (ours) {
      out.append(line).append("\n");
    }
  }
  if (inside) return fail(Code::invalid, "the last '-- [sqlite]' or '-- [postgres]' has no '-- [end]'");
  return out;
}

Result<std::vector<Migration>> load_migrations(const Resources& resources, Driver driver,
                                               std::string_view extra_schema) {
  std::vector<Migration> out;
  for (const ResourceEntry& entry : resources.all()) {
    std::string_view path = entry.name;
    if (!path.starts_with(kFolder)) continue;
    std::string_view text(entry.begin, static_cast<size_t>(entry.end - entry.begin));
    out.push_back(TRY(make_migration(path.substr(kFolder.size()), text, driver)));
  }
  if (!extra_schema.empty())
    out.push_back(TRY(make_migration(fmt::format("{}_extra.sql", kExtraNumber), extra_schema, driver)));
  std::sort(out.begin(), out.end(), [](const Migration& a, const Migration& b) { return a.number < b.number; });
  for (size_t i = 1; i < out.size(); ++i)
    if (out[i].number == out[i - 1].number)
      return fail(Code::internal, "the migrations {} and {} have the same number", out[i - 1].name, out[i].name);
  return out;
}

Result<void> migrate(Connection& connection, Clock& clock, const std::vector<Migration>& migrations) {
  TRY(
      connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, "
                         "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)"));
  auto ran = TRY(read_ran(connection));
  TRY(check_ran(ran, migrations));
  for (const Migration& migration : migrations) {
    if (ran.contains(migration.number)) continue;
    TRY(run_migration(connection, clock, migration));
    log(LogLevel::debug, "migration {} done", migration.name);
  }
  return {};
}

}  // namespace cairn::db
