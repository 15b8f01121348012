// What a timeline costs: bytes an event, the rate of building, of appending, of reading. CAIRN_CROWD_EVENTS sets the
// size (10 million unless said; customers are a twentieth).
#include <cstdlib>

#include "bench/bench.h"
#include "support/crowd.h"
#include "support/temp_dir.h"
#include "timeline/snapshot.h"

using namespace cairn;
using namespace cairn::timeline;

namespace {

constexpr int kRepeats = 5;

int64_t events_asked() {
  const char* said = std::getenv("CAIRN_CROWD_EVENTS");
  return said && *said ? std::strtoll(said, nullptr, 10) : 10'000'000;
}

/// Bytes of what every event has: clocks, kind, order, seq, one number, offsets.
double bytes_per_event(const Figures& figures) {
  uint64_t bytes = 0;
  for (const ColumnFigure& f : figures.columns) {
    bool every = f.owner == "[order]" || f.column == "[customers]" || f.column == "[offsets]" || f.column == "[seq]" ||
                 f.column == "[occurred_at]" || f.column == "[lag]" || f.column == "value";
    if (every) bytes += f.memory_bytes;
  }
  return static_cast<double>(bytes) / static_cast<double>(figures.events);
}

/// Seconds of the middle run; each(shard) on all cores.
template <class F>
double median_s(F each) {
  std::vector<double> runs;
  for (int i = 0; i < kRepeats; ++i)
    runs.push_back(bench::seconds_of([&] { system_executor().parallel_for(kShards, each); }));
  std::sort(runs.begin(), runs.end());
  return runs[kRepeats / 2];
}

struct Scan {
  double seconds = 0;
  uint64_t bytes = 0;
  double gb_s() const { return static_cast<double>(bytes) / seconds / 1e9; }
};

/// The sum of a money column, by customer: offsets and values.
Scan sum_values(const Version& version, KindIndex kind, ColumnIndex column) {
  std::array<int64_t, kShards> sums{};
  Scan out;
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts()) {
      const Stream* stream = part->stream(kind);
      if (stream && stream->column(column)) out.bytes += stream->column(column)->bytes() + stream->offsets().bytes();
    }
  out.seconds = median_s([&](size_t s) {
    int64_t most = 0;
    for (const Run& run : version.shard(static_cast<int>(s)).runs()) {
      const Stream* stream = run.part->stream(kind);
      if (!stream) continue;
      stream->column(column)->integers().visit([&](auto value) {
        stream->offsets().each(run.first, run.last, [&](uint32_t, uint32_t begin, uint32_t end) {
          int64_t sum = 0;
          for (uint32_t row = begin; row < end; ++row) sum += value[row];
          most = std::max(most, sum);
        });
      });
    }
    sums[s] = most;
  });
  return out;
}

/// Kind to kind with delays, over everything: the order of all events.
Scan transitions(const Version& version) {
  std::array<uint64_t, kShards> checks{};
  Scan out;
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts())
      out.bytes +=
          part->order().occurred_at().bytes() + part->order().codes().bytes() + part->order().offsets().bytes();
  out.seconds = median_s([&](size_t s) {
    struct Cell {
      uint64_t count = 0;
      int64_t delay = 0;
    };
    std::vector<Cell> cells;
    for (const Run& run : version.shard(static_cast<int>(s)).runs()) {
      const Order& order = run.part->order();
      size_t kinds = order.kinds().size();
      cells.assign(kinds * kinds, {});
      order.codes().visit([&](auto code) {
        order.occurred_at().visit([&](auto at) {
          order.offsets().each(run.first, run.last, [&](uint32_t, uint32_t begin, uint32_t end) {
            int64_t last_at = at[begin];
            auto last = static_cast<size_t>(code[begin]) * kinds;
            for (uint32_t i = begin + 1; i < end; ++i) {
              int64_t here = at[i];
              auto kind = static_cast<size_t>(code[i]);
              Cell& cell = cells[last + kind];
              ++cell.count;
              cell.delay += here - last_at;
              last_at = here;
              last = kind * kinds;
            }
          });
        });
      });
      for (const Cell& cell : cells) checks[s] += cell.count;
    }
  });
  return out;
}

/// Rows that reach a timeline of this size: seconds from the call to visible, in batches as ingestion makes them.
double append_ms(Timeline& timeline, const test::Crowd& crowd, size_t batch) {
  std::vector<double> runs;
  Random random(5);
  int64_t seq = int64_t{1} << 40;
  for (int i = 0; i < 25; ++i) {
    std::vector<Row> rows;
    for (size_t k = 0; k < batch; ++k) {
      Row row;
      row.seq = Seq{++seq};
      row.customer =
          CustomerId{1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(crowd.options().customers)))};
      row.kind = "Product Viewed";
      row.occurred_at = row.known_at = Time{test::Crowd::kStart + test::Crowd::kSpan + seq};
      row.properties = R"({"value": "12.50", "channel": "web"})";
      rows.push_back(row);
    }
    runs.push_back(bench::seconds_of([&] { CHECK(timeline.apply(rows, Seq{seq}, &system_executor())); }) * 1000);
  }
  std::sort(runs.begin(), runs.end());
  return runs[runs.size() - 2];
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  test::CrowdOptions options;
  options.events = events_asked();
  options.customers = std::max<int64_t>(64, options.events / 20);
  test::Crowd crowd(options);
  auto schema =
      std::make_shared<const Schema>(test::crowd_catalogue(), Reading{Currency::parse("EUR").value(), Zone()});
  Timeline timeline(schema, {});
  auto add = [&](std::string name, double value, std::string unit, std::optional<double> at_most = {}) {
    report.add({"timeline." + name, value, std::move(unit), "", {}, {}, at_most, {}, at_most.has_value()});
  };
  double n = static_cast<double>(options.events);
  double build_s = bench::seconds_of(
      [&] { timeline.adopt(schema, test::make_parts(crowd, schema, system_executor()), Seq{options.events}); });
  add("build", n / build_s, "events/s");
  auto version = timeline.version();
  Figures figures = timeline::figures(*version);
  CHECK(figures.events == static_cast<uint64_t>(options.events));
  add("bytes_per_event", bytes_per_event(figures), "bytes", 28.0);
  KindIndex viewed = *schema->find_kind("Product Viewed");
  Scan sum = sum_values(*version, viewed, *schema->kinds()[viewed].find("value"));
  add("sum_by_customer_ms", sum.seconds * 1000, "ms");
  add("sum_by_customer_gb_s", sum.gb_s(), "GB/s");
  Scan pairs = transitions(*version);
  add("transitions_ms", pairs.seconds * 1000, "ms");
  add("transitions_gb_s", pairs.gb_s(), "GB/s");

  test::TempDir dir;
  double write_s =
      bench::seconds_of([&] { CHECK(write_snapshot(system_files(), dir.path(), *version, system_executor())); });
  add("snapshot_write", static_cast<double>(figures.memory_bytes) / write_s / 1e6, "MB/s");
  Timeline opened(schema, {});
  double open_s = bench::seconds_of([&] {
    auto snapshot = open_snapshot(system_files(), dir.path(), schema);
    CHECK(snapshot && snapshot->missing.empty());
    opened.adopt(snapshot->schema, snapshot->parts, snapshot->last);
  });
  add("snapshot_open_ms", open_s * 1000, "ms");
  double touch_s = bench::seconds_of([&] {
    for (const auto& shard : opened.version()->shards())
      for (const auto& part : shard->parts()) CHECK(part->touch({}));
  });
  add("verify_gb_s", static_cast<double>(figures.memory_bytes) / touch_s / 1e9, "GB/s");

  version.reset();
  add("append_500_p99_ms", append_ms(timeline, crowd, 500), "ms", 200.0);
  double fold_s = bench::seconds_of([&] { CHECK(timeline.fold(system_executor(), Timeline::FoldWhich::all)); });
  add("fold", n / fold_s, "events/s");
  return report.finish();
}
