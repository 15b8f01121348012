#include "app/doctor.h"

#include <unordered_set>

#include "app/commands.h"
#include "json/codec.h"
#include "json/value.h"
#include "timeline/part_file.h"

namespace cairn::app {
namespace {

constexpr int kShown = 20;
constexpr size_t kColumnsShown = 20;
constexpr double kMegabyte = 1e6;

struct CheckView {
  std::string name;
  std::string what;  ///< That was compared.
  int64_t count = 0;
  std::vector<std::string> findings;  ///< The first kShown.
};
BOOST_DESCRIBE_STRUCT(CheckView, (), (name, what, count, findings))

struct ColumnView {
  std::string name;
  uint64_t rows = 0, memory_bytes = 0, mapped_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(ColumnView, (), (name, rows, memory_bytes, mapped_bytes))

struct TimelineView {
  uint64_t events = 0, customers = 0, parts = 0, memory_bytes = 0, mapped_bytes = 0;
  int64_t last_seq = 0;
  std::string note;                  ///< Why it was built anew, if it was.
  std::vector<int64_t> half_undone;  ///< Imports.
  std::vector<ColumnView> columns;   ///< The largest first.
};
BOOST_DESCRIBE_STRUCT(TimelineView, (),
                      (events, customers, parts, memory_bytes, mapped_bytes, last_seq, note, half_undone, columns))

struct DoctorView {
  bool is_well = true;
  std::vector<CheckView> checks;
  TimelineView timeline;
};
BOOST_DESCRIBE_STRUCT(DoctorView, (), (is_well, checks, timeline))

/// Collects findings, and prints the first of each check.
class Findings {
 public:
  Findings(Output& output, bool is_printed) : output_(output), is_printed_(is_printed) {}
  void begin(std::string_view check) {
    check_ = check;
    count_ = 0;
    checks_.push_back({check_, {}, 0, {}});
    output_.progress(fmt::format("checking {} …", check));
  }
  void add(std::string_view finding) {
    ++total_;
    if (++count_ > kShown) return;
    checks_.back().findings.emplace_back(finding);
    print(fmt::format("  {}: {}\n", check_, finding));
  }
  void end(std::string_view what) {
    if (count_ > kShown) print(fmt::format("  {}: and {} more\n", check_, count_ - kShown));
    print(fmt::format("{} {}: {}\n", count_ ? "!!" : "ok", check_, what));
    checks_.back().what = what;
    checks_.back().count = count_;
  }
  /// Nothing where the whole is written for machines at the end.
  void print(const std::string& text) const {
    if (is_printed_) output_.text(text);
  }
  std::vector<CheckView> take_checks() { return std::move(checks_); }
  int64_t total() const { return total_; }

 private:
  Output& output_;
  bool is_printed_;
  std::vector<CheckView> checks_;
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
    // Who was erased is nobody any more.
    if (!(row.flags & events::kErased) && !customers.contains(row.customer))
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

std::string name_of(const timeline::ColumnFigure& c) { return c.owner.empty() ? c.column : c.owner + "." + c.column; }

TimelineView view_of(const timeline::Figures& figures, Seq last) {
  TimelineView out{figures.events,
                   figures.customers,
                   figures.parts,
                   figures.memory_bytes,
                   figures.mapped_bytes,
                   last.value,
                   {},
                   {},
                   {}};
  for (const timeline::ColumnFigure& c : figures.columns)
    out.columns.push_back({name_of(c), c.rows, c.memory_bytes, c.mapped_bytes});
  return out;
}

/// What each column takes, the largest first, the rest in one line.
void print_columns(const timeline::Figures& figures, const Findings& findings) {
  std::string out = fmt::format("  {:>10} {:>10} {:>13}  column\n", "memory MB", "mapped MB", "rows");
  timeline::ColumnFigure rest;
  for (size_t i = 0; i < figures.columns.size(); ++i) {
    const timeline::ColumnFigure& c = figures.columns[i];
    if (i < kColumnsShown) {
      out += column_line(c.memory_bytes, c.mapped_bytes, c.rows, name_of(c));
    } else {
      rest.memory_bytes += c.memory_bytes;
      rest.mapped_bytes += c.mapped_bytes;
    }
  }
  if (figures.columns.size() > kColumnsShown)
    out += column_line(rest.memory_bytes, rest.mapped_bytes, 0,
                       fmt::format("{} more columns", figures.columns.size() - kColumnsShown));
  out += column_line(figures.memory_bytes, figures.mapped_bytes, figures.events, "all");
  findings.print(out);
}

Result<TimelineView> check_timeline(Instance& instance, Findings& findings, Output& output) {
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
  TimelineView view = view_of(figures, version->last());
  view.half_undone = undoing;
  if (std::string finding = history.standing().finding; !finding.empty()) {
    findings.print(fmt::format("  {}\n", finding));
    view.note = finding;
  }
  for (int64_t run : undoing)
    findings.print(fmt::format("  import {} is half undone; `cairn import --undo {}` goes on with it\n", run, run));
  print_columns(figures, findings);
  return view;
}

}  // namespace

Result<void> run_doctor(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<DoctorAsked>(call.options));
  Findings findings(call.output, !asked.json);
  findings.begin("store");
  for (const std::string& finding : TRY(instance.store().verify())) findings.add(finding);
  findings.end("the database's own check");

  findings.begin("log");
  TRY(instance.log().verify([&](const std::string& finding) { findings.add(finding); }));
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
  TimelineView timeline = TRY(check_timeline(instance, findings, call.output));
  if (asked.json) {
    bool is_well = findings.total() == 0;
    call.output.text(json::encode_text(DoctorView{is_well, findings.take_checks(), std::move(timeline)}) + "\n");
  }

  if (findings.total() > 0)
    return fail(Code::corrupt, "{} findings; restore the last backup, or send these lines with a report",
                findings.total());
  return {};
}

}  // namespace cairn::app
