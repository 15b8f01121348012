#include "app/doctor.h"

#include <unordered_set>

#include "json/value.h"
#include "timeline/part_file.h"

namespace cairn::app {
namespace {

constexpr int kShown = 20;
constexpr size_t kColumnsShown = 20;
constexpr double kMegabyte = 1e6;

/// Collects findings, and prints the first of each check.
class Findings {
 public:
  explicit Findings(Output& output) : output_(output) {}
  void begin(std::string_view check) {
    check_ = check;
    count_ = 0;
    output_.progress(fmt::format("checking {} …", check));
  }
  void add(std::string_view finding) {
    ++total_;
    if (++count_ <= kShown) output_.text(fmt::format("  {}: {}\n", check_, finding));
  }
  void end(std::string_view what) {
    if (count_ > kShown) output_.text(fmt::format("  {}: and {} more\n", check_, count_ - kShown));
    output_.text(fmt::format("{} {}: {}\n", count_ ? "!!" : "ok", check_, what));
  }
  int64_t total() const { return total_; }

 private:
  Output& output_;
  std::string check_;
  int64_t count_ = 0;
  int64_t total_ = 0;
};

using Customers = std::unordered_set<CustomerId>;

Result<Customers> stored_customers(Instance& instance) {
  Customers out;
  TRY(instance.store().read([&](db::Session& session) -> Result<void> {
    return session.each("app.customers", {}, [&](const db::Row& row) {
      out.insert(CustomerId{row.integer(0)});
      return true;
    });
  }));
  return out;
}

/// Every event belongs to a stored customer, and its properties can be read.
Result<void> check_events(Instance& instance, const Customers& customers, Findings& findings, int64_t& rows) {
  TRY(instance.log().sweep({0}, [&](const events::LogRow& row) {
    ++rows;
    if (!customers.contains(row.customer))
      findings.add(fmt::format("event {} belongs to a customer that is not stored", row.seq.value));
    if (!json::parse_object(row.properties))
      findings.add(fmt::format("the properties of event {} are no JSON object", row.seq.value));
    return true;
  }));
  return {};
}

Result<void> check_identifiers(Instance& instance, const Customers& customers, Findings& findings) {
  return instance.store().read([&](db::Session& session) -> Result<void> {
    return session.each("app.identified_customers", {}, [&](const db::Row& row) {
      if (!customers.contains(CustomerId{row.integer(0)}))
        findings.add("an identifier belongs to a customer that is not stored");
      return true;
    });
  });
}

/// Rows up to `last` that the timeline must have.
Result<uint64_t> rows_that_count(Instance& instance, Seq last) {
  uint64_t out = 0;
  TRY(instance.log().sweep({0}, [&](const events::LogRow& row) {
    if (row.seq > last) return false;
    out += (row.flags & events::kSetApart) == 0;
    return true;
  }));
  return out;
}

Result<std::vector<int64_t>> half_undone(Instance& instance) {
  std::vector<int64_t> out;
  TRY(instance.store().read([&](db::Session& session) -> Result<void> {
    out = TRY(session.all("app.half_undone", {}, [](const db::Row& row) { return row.integer(0); }));
    return {};
  }));
  return out;
}

/// Every number of every part against what it must be.
void verify_parts(Instance& instance, const timeline::Version& version, Findings& findings) {
  std::vector<std::vector<std::string>> found(kShards);
  instance.world().executor.parallel_for(kShards, [&](size_t s) {
    for (const auto& part : version.shards()[s]->parts())
      for (std::string& finding : timeline::verify(version.schema(), *part)) found[s].push_back(std::move(finding));
  });
  for (const auto& shard : found)
    for (const std::string& finding : shard) findings.add(finding);
}

std::string column_line(uint64_t memory, uint64_t mapped, uint64_t rows, std::string_view name) {
  return fmt::format("  {:>10.1f} {:>10.1f} {:>13}  {}\n", static_cast<double>(memory) / kMegabyte,
                     static_cast<double>(mapped) / kMegabyte, rows, name);
}

/// What each column takes, the largest first, the rest in one line.
void print_columns(const timeline::Figures& figures, Output& output) {
  std::string out = fmt::format("  {:>10} {:>10} {:>13}  column\n", "memory MB", "mapped MB", "rows");
  timeline::ColumnFigure rest;
  for (size_t i = 0; i < figures.columns.size(); ++i) {
    const timeline::ColumnFigure& c = figures.columns[i];
    if (i < kColumnsShown) {
      std::string name = c.owner.empty() ? c.column : c.owner + "." + c.column;
      out += column_line(c.memory_bytes, c.mapped_bytes, c.rows, name);
    } else {
      rest.memory_bytes += c.memory_bytes;
      rest.mapped_bytes += c.mapped_bytes;
    }
  }
  if (figures.columns.size() > kColumnsShown)
    out += column_line(rest.memory_bytes, rest.mapped_bytes, 0,
                       fmt::format("{} more columns", figures.columns.size() - kColumnsShown));
  out += column_line(figures.memory_bytes, figures.mapped_bytes, figures.events, "all");
  output.text(out);
}

Result<void> check_timeline(Instance& instance, Findings& findings, Output& output) {
  history::History& history = instance.history();
  TRY(history.catch_up([&](uint64_t done, uint64_t all) {
    output.progress(fmt::format("reading the log into the timeline: {} of {} rows", done, all));
    return !output.is_cancelled();
  }));
  auto version = history.version();
  verify_parts(instance, *version, findings);
  auto undoing = TRY(half_undone(instance));
  uint64_t rows = TRY(rows_that_count(instance, version->last()));
  // While an undo is half done, its rows are in the log and no more in the timeline.
  if (undoing.empty() && rows != version->events())
    findings.add(fmt::format("it has {} events, and the log {}; remove the folder timeline and start again",
                             version->events(), rows));
  auto figures = timeline::figures(*version);
  findings.end(fmt::format("{} events of {} customers in {} parts, as the log has them up to event {}", figures.events,
                           figures.customers, figures.parts, version->last().value));
  if (std::string finding = history.standing().finding; !finding.empty()) output.text(fmt::format("  {}\n", finding));
  for (int64_t run : undoing)
    output.text(fmt::format("  import {} is half undone; `cairn import --undo {}` goes on with it\n", run, run));
  print_columns(figures, output);
  return {};
}

}  // namespace

Result<void> run_doctor(Instance& instance, CommandCall& call) {
  Findings findings(call.output);
  findings.begin("store");
  for (const std::string& finding : TRY(instance.store().verify())) findings.add(finding);
  findings.end("the database's own check");

  findings.begin("log");
  TRY(instance.log().verify([&](std::string finding) { findings.add(finding); }));
  findings.end("order, shards, names, and every key found by its fingerprint");

  findings.begin("events");
  Customers customers = TRY(stored_customers(instance));
  int64_t rows = 0;
  TRY(check_events(instance, customers, findings, rows));
  findings.end(fmt::format("{} events of {} customers", rows, customers.size()));

  findings.begin("identifiers");
  TRY(check_identifiers(instance, customers, findings));
  findings.end("each belongs to a stored customer");

  findings.begin("timeline");
  TRY(check_timeline(instance, findings, call.output));

  if (findings.total() > 0)
    return fail(Code::corrupt, "{} findings; restore the last backup, or send these lines with a report",
                findings.total());
  return {};
}

}  // namespace cairn::app
