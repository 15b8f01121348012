#include "rights/service.h"

#include "base/log.h"
#include "base/text.h"
#include "rights/store.h"

namespace cairn::rights {
namespace {

constexpr Duration kRetry = seconds(5);
/// Something of ours is on its way that takes seconds, like a snapshot.
constexpr Duration kBusy = milliseconds(500);
constexpr Duration kFirstLook = minutes(1), kLook = hours(1), kDaily = hours(24);
/// So long behind an erasure its person's rows may still turn up.
constexpr Duration kStragglers = days(30);
constexpr size_t kSourceBytes = 60, kSecretBytesMin = 8, kSecretBytesMax = 500, kDutiesMax = 50, kDutyBytes = 500;

const accounts::Actor& the_shop() {
  static const accounts::Actor shop{"shop", {}};
  return shop;
}

Result<void> check_settings(const Settings& settings) {
  if (settings.duties.size() > kDutiesMax) return fail_at("duties", "{} lines at most", kDutiesMax);
  for (const std::string& line : settings.duties)
    if (line.empty() || line.size() > kDutyBytes)
      return fail_at("duties", "a line says what is kept where, in 1 to {} bytes", kDutyBytes);
  if (settings.backup_days && (*settings.backup_days < 1 || *settings.backup_days > 36'500))
    return fail_at("backup_days", "copies are kept for 1 to 36500 days");
  if (settings.proof_days < 1 || settings.proof_days > 36'500)
    return fail_at("proof_days", "proofs of erased people are kept for 1 to 36500 days");
  return {};
}

bool is_busy(const Result<void>& done) { return !done && done.error().code == Code::overloaded; }

}  // namespace

Service::Service(const Parts& parts) : parts_(parts), eraser_(parts), retention_(parts) {}

Service::~Service() {
  is_stopping_ = true;
  std::unique_ptr<Queue> queue;
  {
    std::lock_guard lock(mutex_);
    queue = std::move(queue_);
  }
  queue.reset();
}

void Service::start() {
  {
    std::lock_guard lock(mutex_);
    queue_ = parts_.world.executor.make_queue("rights");
    queue_->post_after(kFirstLook, [this] { (void)work_daily(); });
  }
  post();
}

void Service::post() {
  std::lock_guard lock(mutex_);
  if (is_posted_ || !queue_) return;
  is_posted_ = true;
  queue_->post([this] { turn(); });
}

void Service::turn() {
  {
    std::lock_guard lock(mutex_);
    is_posted_ = false;
  }
  auto done = work();
  if (done || is_stopping_) return;
  bool is_soon = is_busy(done);
  if (!is_soon) log_warning("rights: {} ({}); it is tried again", done.error().message, done.error().detail);
  std::lock_guard lock(mutex_);
  if (queue_) queue_->post_after(is_soon ? kBusy : kRetry, [this] { turn(); });
}

Result<void> Service::work() {
  std::lock_guard working(working_);
  std::vector<Request> begun;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    begun = TRY(requests_in(session, State::begun));
    return {};
  }));
  // One that cannot be carried out now does not keep the others waiting.
  Result<void> first;
  for (const Request& request : begun) {
    if (is_stopping_) return {};
    auto done = eraser_.carry_out(request.id);
    if (first && !done) first = std::move(done);
  }
  auto finished = eraser_.finish();
  return first ? std::move(finished) : std::move(first);
}

Result<void> Service::work_daily() {
  if (is_stopping_) return {};
  auto daily = [&]() -> Result<void> {
    Time now = parts_.world.clock.now();
    if (now - last_daily_ < kDaily) return {};
    std::lock_guard working(working_);
    TRY(eraser_.sweep_stragglers(now - kStragglers));
    auto last = TRY(retention_.last_begun());
    if (!last || now - *last >= kDaily - kLook) TRY(retention_.run());
    last_daily_ = now;
    return {};
  };
  auto done = daily();
  bool is_soon = is_busy(done);
  if (!done && !is_soon)
    log_warning("rights: the daily job failed: {} ({}); it is tried again", done.error().message, done.error().detail);
  std::lock_guard lock(mutex_);
  if (queue_) queue_->post_after(is_soon ? kBusy : kLook, [this] { (void)work_daily(); });
  return done;
}

Result<Request> Service::erase(const Eraser::Asked& asked) {
  auto request = TRY(eraser_.begin(asked));
  post();
  return request;
}

Result<void> Service::finish_now() {
  Result<void> done = work();
  for (; is_busy(done); done = work()) (void)parts_.world.executor.make_signal()->wait_for(kBusy);
  return done;
}

Result<Request> Service::take(const ShopRequest& asked, std::string_view origin) {
  std::optional<Request> known;
  CustomerId customer;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    known = TRY(find_by_key(session, origin, asked.key));
    auto rules = parts_.identities.rules();
    for (const events::Identifier& identifier : asked.identifiers)
      for (const events::Identifier& normal : rules->usable({identifier})) {
        auto owner = TRY(session.first("rights.customer_of", {{"kind", normal.kind}, {"value", normal.value}},
                                       [](const db::Row& row) { return row.id<CustomerId>(0); }));
        if (owner && !customer.is_set()) customer = *owner;
      }
    return {};
  }));
  if (known) return std::move(*known);
  if (asked.act == Act::erase && customer.is_set()) {
    auto begun = erase({customer, origin, asked.key, the_shop()});
    if (begun || begun.error().code != Code::not_found) return begun;
  }
  auto made = std::make_shared<Request>();
  TRY(parts_.store.write_now(db::Lane::people, [&, made](db::Transaction& tx) -> Result<void> {
    Request request;
    request.act = asked.act;
    request.customer = parts_.identities.aliases().root(customer);
    if (customer.is_set()) request.ids = parts_.identities.aliases().members(customer);
    bool waits = asked.act == Act::erase_shop || (asked.act == Act::export_ && customer.is_set());
    request.state = waits ? State::waiting : State::done;
    request.origin = origin;
    request.actor = the_shop().name;
    request.asked_at = parts_.world.clock.now();
    if (!waits) request.done_at = request.asked_at;
    request.id = TRY(add_request(tx, request, asked.key));
    *made = std::move(request);
    return {};
  }));
  return std::move(*made);
}

Result<void> Service::note_exported(const accounts::Actor& actor, CustomerId customer) {
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    Time now = parts_.world.clock.now();
    CustomerId root = parts_.identities.aliases().root(customer);
    // One that was filed before a merge has the number that the person had then.
    for (CustomerId id : parts_.identities.aliases().members(root))
      for (Request& request : TRY(requests_of(tx, id))) {
        if (request.act != Act::export_ || request.state != State::waiting) continue;
        request.state = State::done;
        request.done_at = now;
        TRY(change_request(tx, request));
      }
    return accounts::write_audit(tx, now, actor, {"customer_exported", fmt::format("customer {}", root.value)});
  });
}

Result<Request> Service::close(const accounts::Actor& actor, RequestId id) {
  auto out = std::make_shared<Request>();
  TRY(parts_.store.write_now(db::Lane::people, [&, out](db::Transaction& tx) -> Result<void> {
    *out = TRY(find_request(tx, id));
    if (out->state != State::waiting) return fail(Code::conflict, "request {} waits for nobody", id.value);
    out->state = State::done;
    out->done_at = parts_.world.clock.now();
    TRY(change_request(tx, *out));
    return accounts::write_audit(tx, *out->done_at, actor, {"request_closed", fmt::format("request {}", id.value)});
  }));
  return std::move(*out);
}

Result<Request> Service::find(RequestId id) const {
  Request out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(find_request(session, id));
    return {};
  }));
  return out;
}

Result<std::vector<Request>> Service::list(RequestId before, int limit) const {
  std::vector<Request> out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(requests_before(session, before, limit));
    return {};
  }));
  return out;
}

Result<Settings> Service::settings() const {
  Settings out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(read_settings(session));
    return {};
  }));
  return out;
}

Result<std::vector<Rule>> Service::rules() const {
  std::vector<Rule> out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(read_rules(session));
    return {};
  }));
  return out;
}

Result<void> Service::set(const accounts::Actor& actor, const std::vector<Rule>& rules, const Settings& settings) {
  TRY(Retention::check(rules));
  TRY(check_settings(settings));
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    Time now = parts_.world.clock.now();
    TRY(write_rules(tx, rules, now));
    TRY(write_settings(tx, settings));
    return accounts::write_audit(tx, now, actor,
                                 {"retention_changed", "retention", fmt::format("{} rules", rules.size())});
  });
}

Result<std::vector<RetentionRun>> Service::runs(int limit) const {
  std::vector<RetentionRun> out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(retention_runs(session, limit));
    return {};
  }));
  return out;
}

Result<std::vector<Backup>> Service::backups() const {
  std::vector<Backup> out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(rights::backups(session, TRY(read_settings(session))));
    return {};
  }));
  return out;
}

Result<void> Service::note_backup(std::string_view name) {
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("rights.add_backup", {{"name", name}, {"at", parts_.world.clock.now()}}));
    return {};
  });
}

Result<std::vector<Service::Webhook>> Service::webhooks() const {
  std::vector<Webhook> out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(session.all("rights.webhooks", {},
                          [](const db::Row& row) { return Webhook{std::string(row.text(0)), row.time(1)}; }));
    return {};
  }));
  return out;
}

Result<void> Service::set_webhook(const accounts::Actor& actor, const std::string& source, const std::string& secret) {
  if (!events::check_identifier({"external:" + source, "x"}) || source.empty() || source.size() > kSourceBytes)
    return fail_at("source", "name the source in 1 to {} printable bytes", kSourceBytes);
  if (secret.size() < kSecretBytesMin || secret.size() > kSecretBytesMax)
    return fail_at("secret", "the shop's secret has {} to {} bytes", kSecretBytesMin, kSecretBytesMax);
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    Time now = parts_.world.clock.now();
    TRY(tx.run("rights.set_secret", {{"source", source}, {"secret", secret}, {"at", now}}));
    return accounts::write_audit(tx, now, actor, {"privacy_webhook_set", source});
  });
}

Result<void> Service::remove_webhook(const accounts::Actor& actor, const std::string& source) {
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    if (TRY(tx.run("rights.remove_secret", {{"source", source}})) == 0)
      return fail(Code::not_found, "no secret of '{}' is known", excerpt(source, kSourceBytes));
    return accounts::write_audit(tx, parts_.world.clock.now(), actor, {"privacy_webhook_removed", source});
  });
}

Result<std::optional<std::string>> Service::secret_of(std::string_view source) const {
  std::optional<std::string> out;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(session.first("rights.secret", {{"source", source}},
                            [](const db::Row& row) { return std::string(row.text(0)); }));
    return {};
  }));
  return out;
}

}  // namespace cairn::rights
