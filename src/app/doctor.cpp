#include "app/doctor.h"

#include <unordered_set>

#include "json/value.h"

namespace cairn::app {
namespace {

constexpr int kShown = 20;

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

  if (findings.total() > 0)
    return fail(Code::corrupt, "{} findings; restore the last backup, or send these lines with a report",
                findings.total());
  return {};
}

}  // namespace cairn::app
