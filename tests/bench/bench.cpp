#include "bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "base/clock.h"
#include "base/file.h"

namespace cairn::bench {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string number(std::optional<double> value) { return value ? fmt::format("{:.6g}", *value) : "null"; }

std::string to_json(const Row& row) {
  return fmt::format(
      R"({{"name": {}, "value": {}, "unit": {}, "peer": {}, "peer_value": {}, "ratio": {}, "floor": {}, "equal": {}}})",
      quoted(row.name), number(row.value), quoted(row.unit), row.peer.empty() ? "null" : quoted(row.peer),
      number(row.peer_value), number(row.ratio), number(row.floor),
      row.equal ? (*row.equal ? "true" : "false") : "null");
}

std::string to_line(const Row& row) {
  std::string line = fmt::format("{:<36} {:>12.5g} {:<8}", row.name, row.value, row.unit);
  if (row.ratio) line += fmt::format("  {:.2f} × {} ({:.5g})", *row.ratio, row.peer, row.peer_value.value_or(0));
  if (row.floor) line += fmt::format("  {} {:.5g}", row.lower_is_better ? "at most" : "at least", *row.floor);
  if (row.equal) line += *row.equal ? "  equal" : "  NOT EQUAL";
  return line;
}

}  // namespace

bool is_below_floor(const Row& row) {
  if (row.equal && !*row.equal) return true;
  if (!row.floor) return false;
  double held = row.ratio.value_or(row.value);
  return row.lower_is_better ? held > *row.floor : held < *row.floor;
}

double median_of(int runs, const std::function<double()>& measure) {
  CHECK(runs > 0);
  std::vector<double> values;
  for (int i = 0; i < runs; ++i) values.push_back(measure());
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double seconds_of(const std::function<void()>& work) {
  Duration start = system_clock().elapsed();
  work();
  return (system_clock().elapsed() - start).seconds();
}

Report::Report(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::string_view(argv[i]) == "--json") file_ = argv[i + 1];
}

void Report::add(Row row) {
  if (row.peer_value && *row.peer_value != 0) row.ratio = row.value / *row.peer_value;
  fmt::print("{}\n", to_line(row));
  std::fflush(stdout);
  if (!file_.empty()) {
    auto file = system_files().open(file_, Open::write);
    CHECK(file && (*file)->append(to_json(row) + "\n"), "cannot write {}", file_);
  }
  rows_.push_back(std::move(row));
}

int Report::finish() const {
  bool all_equal = true;
  for (const Row& row : rows_) {
    if (is_below_floor(row)) fmt::print("below its floor: {}\n", to_line(row));
    all_equal = all_equal && row.equal.value_or(true);
  }
  return all_equal ? 0 : 1;
}

}  // namespace cairn::bench
