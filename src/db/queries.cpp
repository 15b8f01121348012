#include "db/queries.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/text.h"
#include "db/sql.h"

CAIRN_RESOURCES(cairn_sql)

namespace cairn::db {
namespace {

constexpr std::string_view kNameMark = "-- name:";

bool is_query_name(std::string_view name) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

Result<QueryBlock> parse_name_line(std::string_view line) {
  std::string_view rest = trim(line.substr(kNameMark.size()));
  QueryBlock block;
  size_t end = std::min(rest.find_first_of(" ["), rest.size());
  block.name = rest.substr(0, end);
  std::string_view variant = trim(rest.substr(end));
  if (variant == "[sqlite]") block.only = Driver::sqlite;
  if (variant == "[postgres]") block.only = Driver::postgres;
  if (!is_query_name(block.name) || (!variant.empty() && !block.only))
    return fail(Code::invalid, "'{}' is not '-- name: some_query', '… [sqlite]' or '… [postgres]'", line);
  return block;
}

}  // namespace

Result<std::vector<QueryBlock>> split_queries(std::string_view text) {
  std::vector<QueryBlock> blocks;
  for (std::string_view line : split(text, '\n')) {
    if (trim(line).starts_with(kNameMark)) {
      blocks.push_back(TRY(parse_name_line(trim(line))));
    } else if (!blocks.empty()) {
      blocks.back().sql.append(line).append("\n");
    } else if (!trim(line).empty() && !trim(line).starts_with("--")) {
      return fail(Code::invalid, "SQL before the first '-- name:' line: {}", line);
    }
  }
  return blocks;
}

Result<void> QuerySet::add(std::string_view prefix, const std::string& file, std::string_view text) {
  auto blocks = split_queries(text);
  if (!blocks) return fail(Code::internal, "{}: {}", file, blocks.error().message);
  std::map<std::string, const QueryBlock*> chosen;
  for (const QueryBlock& block : *blocks) {
    if (block.only && block.only != driver_) continue;
    const QueryBlock*& place = chosen[block.name];
    if (place && place->only == block.only) return fail(Code::internal, "{}: {} is there twice", file, block.name);
    if (!place || block.only) place = &block;
  }
  for (const auto& [name, block] : chosen) {
    auto sql = number_parameters(block->sql, driver_ == Driver::sqlite ? Placeholder::question : Placeholder::dollar);
    if (!sql) return fail(Code::internal, "{}: {}: {}", file, name, sql.error().message);
    Query query{std::string(prefix) + name, file, std::move(sql->text), std::move(sql->parameters), queries_.size()};
    if (!by_name_.emplace(query.name, query.index).second)
      return fail(Code::internal, "{}: {} is there twice", file, query.name);
    queries_.push_back(std::move(query));
  }
  return {};
}

Result<void> QuerySet::add_all(const Resources& resources) {
  for (const ResourceEntry& entry : resources.all()) {
    std::string_view path = entry.name;
    if (base_name(path) != "queries.sql") continue;
    std::string prefix(path.substr(0, path.size() - std::string_view("/queries.sql").size()));
    TRY(add(prefix + '.', "src/" + std::string(path), {entry.begin, static_cast<size_t>(entry.end - entry.begin)}));
  }
  return {};
}

const Query& QuerySet::get(std::string_view name) const {
  auto found = by_name_.find(std::string(name));
  CHECK(found != by_name_.end(), "there is no query {}", name);
  return queries_[found->second];
}

Resources sql_resources() { return cairn_sql(); }

}  // namespace cairn::db
