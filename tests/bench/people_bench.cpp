// One customer in one read, beside SQLite with indices over the same events: CAIRN_BENCH_CUSTOMERS (200,000; the figure
// that we hold is of 5,000,000), of whom one in CAIRN_BENCH_REGULARS (1: all) has some twenty events and the others
// two; CAIRN_BENCH_READS (4,000) reads of random customers, one after the other, each with its JSON. Answers are
// compared first.
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "bench/bench.h"
#include "events/brand.h"
#include "people/identities.h"
#include "profile/names.h"
#include "profile/service.h"
#include "support/temp_dir.h"

using namespace cairn;

namespace {

int64_t asked(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoll(text) : otherwise;
}

constexpr int64_t kGroup = 5000;
constexpr int64_t kKioskEvents = 100'000;
const Time kFrom = parse_moment("2024-01-01", Zone()).value();
const Time kTo = parse_moment("2026-01-01", Zone()).value();

std::string first_name(Random& random) {
  static const char* const kNames[] = {"Marie", "Jean",  "Anne",  "Élodie", "Luc",   "Zoé",  "Paul", "Emma",
                                       "Hugo",  "Alice", "Louis", "Chloé",  "Jules", "Léa",  "Noé",  "Inès",
                                       "Adam",  "Jade",  "Rémi",  "Lina",   "Théo",  "Nina", "Yann", "Maud"};
  return kNames[random.below(std::size(kNames))];
}
std::string last_name(Random& random) {
  static const char* const kParts[] = {"Du",  "Mar",  "Le",   "Ber", "Per",  "Gi",  "Mo",    "Sim",
                                       "Lau", "Ro",   "Fa",   "Go",  "pont", "tin", "grand", "nard",
                                       "rin", "rard", "reau", "on",  "rent", "bert"};
  return fmt::format("{}{}{}", kParts[random.below(12)], to_lower(kParts[random.below(22)]),
                     kParts[12 + random.below(10)]);
}

/// The shop: its log in a real store, everything above it open.
class Shop {
 public:
  explicit Shop(int64_t customers) : customers_(customers) {
    store_ = std::move(db::Store::open(world_, {.directory = dir_ / "data"}).value());
    CHECK(store_->write_now(db::Lane::people, [](db::Transaction& tx) {
      return events::write_brand(tx, {"Shop", Currency::parse("EUR").value(), "Europe/Paris"});
    }));
    log_ = std::move(events::Log::open(world_, *store_, dir_ / "data").value());
    source_ = log_->ensure_source("shop").value();
    identities_ = std::make_unique<people::Identities>(world_);
    CHECK(store_->read([&](db::Session& session) { return identities_->load(session); }));
    fill();
    history_ = std::move(history::History::open(world_, *store_, *log_, dir_ / "data").value());
    CHECK(history_->catch_up());
    questions_ = std::make_unique<questions::Service>(world_, *history_);
    segments_ = std::move(segments::Service::open(world_, *store_, *log_, *history_, *questions_).value());
    const auto by = accounts::Actor::operator_of_machine();
    CHECK(segments_->add(by, {"buyers", "count(orders) >= 1"}));
    CHECK(segments_->add(by, {"often", "count(orders last 365 days) >= 3"}));
    CHECK(segments_->add(by, {"content", "last(survey_answered.score where survey = \"nps\") >= 9"}));
    service_ = std::make_unique<profile::Service>(
        profile::Service::Parts{world_, *store_, *log_, *history_, *segments_, identities_->aliases()});
  }
  profile::Service& service() { return *service_; }
  history::History& history() { return *history_; }
  std::string database() const { return dir_ / "data/cairn.db"; }
  std::string path(const std::string& name) const { return dir_ / name; }
  CustomerId kiosk() const { return kiosk_; }

 private:
  void add(std::string kind, Time at, std::string user, std::string properties) {
    events::NewEvent& e = group_.emplace_back();
    e.kind = std::move(kind);
    e.occurred_at = at;
    e.identifiers = {{"user_id", std::move(user)}};
    e.properties = std::move(properties);
    if (static_cast<int64_t>(group_.size()) >= kGroup) flush();
  }
  void flush() {
    CHECK(store_->write_now(db::Lane::import, [&](db::Transaction& tx) -> Result<void> {
      auto done = TRY(log_->append(tx, *identities_, group_, {.source = source_, .historical = true}));
      kiosk_ = done.back().customer;
      return {};
    }));
    group_.clear();
  }
  void fill() {
    for (int64_t customer = 0; customer < customers_; ++customer) life(customer);
    Random random(9);
    for (int64_t i = 0; i < kKioskEvents; ++i)
      add(i % 4 ? "Product Viewed" : "Order Completed", Time{random.between(kFrom.micros, kTo.micros)}, "kiosk",
          fmt::format(R"({{"order_id":"k{}","total":5,"channel":"store","sku":"S{}"}})", i, i % 100));
    flush();
  }
  void life(int64_t customer) {
    Random random = Random::stream(3, static_cast<uint64_t>(customer));
    std::string user = fmt::format("u{}", customer);
    bool is_regular = customer % regulars_ == 0;
    int64_t n = is_regular ? 5 + static_cast<int64_t>(random.below(31)) : 2;
    std::vector<int64_t> times;
    for (int64_t i = 0; i < n; ++i) times.push_back(random.between(kFrom.micros, kTo.micros));
    std::sort(times.begin(), times.end());
    std::string first = first_name(random), last = last_name(random);
    add("Customer Updated", Time{times[0]}, user,
        fmt::format(R"({{"first_name":"{}","last_name":"{}","city":"Lyon","email":"{}@example.org"}})", first, last,
                    user));
    for (int64_t i = 1; i < n; ++i) {
      double share = random.uniform();
      std::string order = fmt::format("{}-{}", customer, i);
      Time at{times[static_cast<size_t>(i)]};
      if (share < 0.15)
        add("Order Completed", at, user,
            fmt::format(
                R"({{"order_id":"{}","total":{}.50,"channel":"{}","products":[{{"category":"c{}","price":{}}}]}})",
                order, 5 + random.below(200), random.chance(0.7) ? "web" : "store", random.below(12),
                5 + random.below(90)));
      else if (share < 0.18)
        add("Survey Answered", at, user, fmt::format(R"({{"survey":"nps","score":{}}})", random.below(11)));
      else if (share < 0.19)
        add("Ticket Opened", at, user, fmt::format(R"({{"ticket_id":"t{}","cause":"late"}})", order));
      else
        add("Product Viewed", at, user,
            fmt::format(R"({{"sku":"S{}","category":"c{}","channel":"web"}})", random.below(5000), random.below(12)));
    }
  }

  const int64_t customers_;
  const int64_t regulars_ = asked("CAIRN_BENCH_REGULARS", 1);
  test::TempDir dir_;
  World world_ = system_world();
  std::vector<events::NewEvent> group_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<history::History> history_;
  std::unique_ptr<questions::Service> questions_;
  std::unique_ptr<segments::Service> segments_;
  std::unique_ptr<profile::Service> service_;
  SourceId source_;
  CustomerId kiosk_;
};

/// What both sides say of a customer.
struct Said {
  int64_t events = 0, orders = 0, revenue = 0, first = 0, last = 0;
  double nps = -1;
  std::string name;
  bool operator==(const Said&) const = default;
};

/// The peer: the same events in a table with an index a customer, names with theirs.
class Peer {
 public:
  Peer(const std::string& path, const std::string& database) {
    CHECK(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    run("PRAGMA journal_mode=WAL; PRAGMA cache_size=-65536; PRAGMA mmap_size=0");
    run(fmt::format("ATTACH '{}' AS cairn", database));
    run("CREATE TABLE ev AS SELECT e.customer, e.occurred_at AS at, e.seq, k.name AS kind, "
        "CAST(round(json_extract(properties,'$.total') * 100) AS INTEGER) AS total, "
        "json_extract(properties,'$.score') AS score, json_extract(properties,'$.first_name') || ' ' || "
        "json_extract(properties,'$.last_name') AS name, e.properties "
        "FROM cairn.events e JOIN cairn.event_kinds k ON k.id = e.kind");
    run("CREATE INDEX ev_of ON ev (customer, at, seq)");
    run("CREATE TABLE names AS SELECT text, customer FROM cairn.customer_names WHERE kind = 'n'");
    run("CREATE INDEX names_by ON names (text)");
    facts_ = prepare(
        "SELECT count(*), sum(kind = 'Order Completed'), sum(CASE WHEN kind = 'Order Completed' THEN total END), "
        "min(CASE WHEN kind = 'Order Completed' THEN at END), max(CASE WHEN kind = 'Order Completed' THEN at END), "
        "(SELECT score FROM ev WHERE customer = ?1 AND kind = 'Survey Answered' ORDER BY at DESC, seq DESC LIMIT 1), "
        "max(name) FROM ev WHERE customer = ?1");
    page_ = prepare("SELECT seq, kind, at, properties FROM ev WHERE customer = ?1 ORDER BY at DESC, seq DESC LIMIT 50");
    search_ =
        prepare("SELECT DISTINCT customer FROM names WHERE text >= ?1 AND text < ?1 || '\xF4\x8F\xBF\xBF' LIMIT 20");
  }
  ~Peer() {
    for (sqlite3_stmt* statement : {facts_, page_, search_}) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }
  Peer(const Peer&) = delete;

  Said facts(CustomerId customer) {
    Said out;
    sqlite3_bind_int64(facts_, 1, customer.value);
    CHECK(sqlite3_step(facts_) == SQLITE_ROW);
    out.events = sqlite3_column_int64(facts_, 0);
    out.orders = sqlite3_column_int64(facts_, 1);
    out.revenue = sqlite3_column_int64(facts_, 2);
    out.first = sqlite3_column_int64(facts_, 3);
    out.last = sqlite3_column_int64(facts_, 4);
    if (sqlite3_column_type(facts_, 5) != SQLITE_NULL) out.nps = sqlite3_column_double(facts_, 5);
    if (auto name = sqlite3_column_text(facts_, 6)) out.name = reinterpret_cast<const char*>(name);
    sqlite3_reset(facts_);
    return out;
  }
  std::vector<int64_t> page(CustomerId customer) {
    std::vector<int64_t> out;
    size_t bytes = 0;
    sqlite3_bind_int64(page_, 1, customer.value);
    while (sqlite3_step(page_) == SQLITE_ROW) {
      out.push_back(sqlite3_column_int64(page_, 0));
      bytes += static_cast<size_t>(sqlite3_column_bytes(page_, 3));
    }
    CHECK(out.empty() || bytes > 0);
    sqlite3_reset(page_);
    return out;
  }
  std::set<int64_t> search(const std::string& text) {
    std::set<int64_t> out;
    sqlite3_bind_text(search_, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    while (sqlite3_step(search_) == SQLITE_ROW) out.insert(sqlite3_column_int64(search_, 0));
    sqlite3_reset(search_);
    return out;
  }

 private:
  void run(const std::string& sql) {
    CHECK(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, "{}: {}", sql, sqlite3_errmsg(db_));
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    CHECK(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) == SQLITE_OK, "{}", sqlite3_errmsg(db_));
    return statement;
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt *facts_ = nullptr, *page_ = nullptr, *search_ = nullptr;
};

Said said(const profile::Profile& p) {
  Said out;
  out.events = p.events;
  out.orders = p.orders.count;
  out.revenue = p.orders.revenue ? p.orders.revenue->minor : 0;
  out.first = p.orders.first_at ? p.orders.first_at->micros : 0;
  out.last = p.orders.last_at ? p.orders.last_at->micros : 0;
  if (p.satisfaction.nps) out.nps = p.satisfaction.nps->score;
  out.name = p.who.name;
  return out;
}

struct Percentiles {
  double p50 = 0, p99 = 0;  ///< Milliseconds.
};
template <class Work>
Percentiles measure(size_t reads, Work work) {
  std::vector<double> ms;
  for (size_t i = 0; i < reads; ++i) ms.push_back(bench::seconds_of([&] { work(i); }) * 1000);
  std::sort(ms.begin(), ms.end());
  return {ms[ms.size() / 2], ms[ms.size() * 99 / 100]};
}

std::vector<CustomerId> chosen(const timeline::Version& version, size_t count) {
  Random random(5);
  std::vector<CustomerId> out;
  while (out.size() < count) {
    const timeline::Shard& shard = version.shard(static_cast<int>(random.below(kShards)));
    if (shard.runs().empty()) continue;
    const timeline::Run& run = shard.runs()[random.below(shard.runs().size())];
    out.push_back(run.part->customer(run.first + static_cast<uint32_t>(random.below(run.last - run.first))));
  }
  return out;
}

void report_on(bench::Report& report, const std::string& name, Percentiles ours, Percentiles peers, bool equal,
               double most) {
  report.add({.name = "people." + name + "_p50_ms",
              .value = ours.p50,
              .unit = "ms",
              .peer = "SQLite",
              .peer_value = peers.p50,
              .equal = equal,
              .lower_is_better = true});
  report.add(
      {.name = "people." + name + "_p99_ms", .value = ours.p99, .unit = "ms", .floor = most, .lower_is_better = true});
  report.add({.name = "people." + name + "_p99_ms_sqlite", .value = peers.p99, .unit = "ms", .lower_is_better = true});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  int64_t customers = asked("CAIRN_BENCH_CUSTOMERS", 200'000);
  auto reads = static_cast<size_t>(asked("CAIRN_BENCH_READS", 4'000));
  Shop shop(customers);
  profile::Service& service = shop.service();
  double indexed = bench::seconds_of([&] { CHECK(service.catch_up()); });
  report.add({.name = "people.index_customers_s", .value = static_cast<double>(customers) / indexed, .unit = "1/s"});
  auto version = shop.history().version();
  report.add({.name = "people.events", .value = static_cast<double>(version->events()), .unit = "events"});
  Peer peer(shop.path("peer.db"), shop.database());
  std::vector<CustomerId> ids = chosen(*version, reads);

  bool is_equal = true, is_equal_page = true, is_equal_search = true;
  std::vector<std::string> typed;
  for (size_t i = 0; i < reads; ++i) {
    auto found = service.profile(ids[i], i18n::Language::en);
    CHECK(found, "{}", found.error().message);
    std::string folded = profile::fold_name(found->who.name);
    // The last name and the beginning of the first.
    size_t blank = folded.find(' ');
    typed.push_back(blank == folded.npos ? "dupont" : folded.substr(blank + 1) + " " + folded.substr(0, 3));
    if (i >= 300) continue;
    is_equal = is_equal && (ids[i] == shop.kiosk() || said(*found) == peer.facts(ids[i]));
    std::vector<int64_t> seqs;
    auto page = service.timeline(ids[i], {});
    CHECK(page, "{}", page.error().message);
    for (const profile::Moment& m : page->events) seqs.push_back(m.seq.value);
    is_equal_page = is_equal_page && seqs == peer.page(ids[i]);
    std::set<int64_t> hits;
    auto searched = service.find(typed[i], 20);
    CHECK(searched, "{}", searched.error().message);
    for (const profile::Hit& hit : searched->customers) hits.insert(hit.id.value);
    auto theirs = peer.search(typed[i]);
    // Ours also finds those of whom each word only begins so: at least what the peer does.
    bool has_all = theirs.size() >= 20
                       ? hits.size() >= 20
                       : hits.size() >= 20 || std::includes(hits.begin(), hits.end(), theirs.begin(), theirs.end());
    if (!has_all) fmt::print("'{}': {} of theirs, {} of ours\n", typed[i], theirs.size(), hits.size());
    is_equal_search = is_equal_search && has_all;
  }
  size_t bytes = 0;
  auto profiles = measure(
      reads, [&](size_t i) { bytes += json::encode_text(*service.profile(ids[i], i18n::Language::en)).size(); });
  auto peer_facts = measure(reads, [&](size_t i) { bytes += peer.facts(ids[i]).name.size(); });
  report_on(report, "profile", profiles, peer_facts, is_equal, 5);
  auto pages = measure(reads, [&](size_t i) { bytes += json::encode_text(*service.timeline(ids[i], {})).size(); });
  auto peer_pages = measure(reads, [&](size_t i) { bytes += peer.page(ids[i]).size(); });
  report_on(report, "timeline", pages, peer_pages, is_equal_page, 5);
  auto searches = measure(reads, [&](size_t i) { bytes += json::encode_text(*service.find(typed[i], 20)).size(); });
  auto peer_searches = measure(reads, [&](size_t i) { bytes += peer.search(typed[i]).size(); });
  report_on(report, "search", searches, peer_searches, is_equal_search, 5);
  auto kiosk = measure(20, [&](size_t) { bytes += service.timeline(shop.kiosk(), {})->events.size(); });
  report.add({.name = "people.kiosk_page_ms", .value = kiosk.p50, .unit = "ms", .floor = 10, .lower_is_better = true});
  auto whole =
      measure(20, [&](size_t) { bytes += service.profile(shop.kiosk(), i18n::Language::en)->segments.size(); });
  report.add({.name = "people.kiosk_profile_ms", .value = whole.p50, .unit = "ms", .lower_is_better = true});
  CHECK(bytes > 0);
  return report.finish();
}
