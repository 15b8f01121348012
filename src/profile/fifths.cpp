#include "profile/fifths.h"

#include "base/log.h"
#include "json/codec.h"

namespace cairn::profile {
namespace {

/// As they are kept.
struct Kept {
  std::vector<double> days, orders;
  std::vector<int64_t> spent;
  double often = 2;
  bool has_fixed = false;
  int64_t buyers = 0;
};
BOOST_DESCRIBE_STRUCT(Kept, (), (days, orders, spent, often, has_fixed, buyers))

constexpr Duration kAskedEvery = seconds(10);
/// Fifths of so few move with every buyer, and are looked at in no time: again whenever somebody asks.
constexpr int64_t kFew = 1000;

Kept kept(const segments::Fifths& f) {
  return {{f.days.begin(), f.days.end()},
          {f.orders.begin(), f.orders.end()},
          {f.spent.begin(), f.spent.end()},
          f.often,
          f.has_fixed,
          f.buyers};
}

std::optional<segments::Fifths> fifths_in(const Kept& k) {
  if (k.days.size() != 4 || k.orders.size() != 4 || k.spent.size() != 4) return std::nullopt;
  segments::Fifths out;
  std::copy(k.days.begin(), k.days.end(), out.days.begin());
  std::copy(k.orders.begin(), k.orders.end(), out.orders.begin());
  std::copy(k.spent.begin(), k.spent.end(), out.spent.begin());
  out.often = k.often;
  out.has_fixed = k.has_fixed;
  out.buyers = k.buyers;
  return out;
}

}  // namespace

BuyerFifths::BuyerFifths(World& world, db::Store& store, history::History& history)
    : world_(world), store_(store), history_(history), queue_(world.executor.make_queue("buyer-fifths")) {}

BuyerFifths::~BuyerFifths() {
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
  }
  queue_.reset();
}

bool BuyerFifths::is_ending() const {
  std::lock_guard lock(mutex_);
  return ends_;
}

std::optional<Thresholds> BuyerFifths::present() {
  std::lock_guard lock(mutex_);
  Time now = world_.clock.now();
  bool is_asked_now = asked_at_.micros != 0 && now - asked_at_ < kAskedEvery && is_loaded_;
  if (!is_asked_now && !is_posted_ && !ends_) {
    is_posted_ = true;
    asked_at_ = now;
    queue_->post([this] {
      auto done = look_when_old();
      std::lock_guard posted(mutex_);
      is_posted_ = false;
      if (!done && !ends_) log_warning("fifths of buyers: {}", done.error().message);
    });
  }
  return present_;
}

Result<void> BuyerFifths::look_when_old() {
  TRY(load());
  auto version = history_.version();
  {
    std::lock_guard lock(mutex_);
    if (!version || ends_) return {};
    const Zone& zone = version->schema().reading().zone;
    bool is_settled = present_ && present_->fifths.buyers >= kFew;
    if (is_settled && zone.day(present_->at) == zone.day(world_.clock.now())) return {};
  }
  return look();
}

Result<void> BuyerFifths::load() {
  {
    std::lock_guard lock(mutex_);
    if (is_loaded_) return {};
  }
  std::optional<std::pair<Time, std::string>> row;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    row = TRY(session.first("profile.fifths", {},
                            [](const db::Row& r) { return std::pair(r.time(0), std::string(r.text(1))); }));
    return {};
  }));
  std::lock_guard lock(mutex_);
  is_loaded_ = true;
  if (!row || present_) return {};
  auto said = json::decode_text<Kept>(row->second);
  auto fifths = said ? fifths_in(*said) : std::nullopt;
  if (fifths) present_ = Thresholds{*fifths, row->first};
  return {};
}

Result<void> BuyerFifths::look() {
  auto version = history_.version();
  if (!version) return history::not_built(history_.standing());
  Time now = world_.clock.now();
  auto fifths = TRY(segments::fifths_of(*version, now, [this] { return !is_ending(); }));
  std::string text = json::encode_text(kept(fifths));
  TRY(store_.write_now(db::Lane::reactor, [&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("profile.set_fifths", {{"at", now}, {"fifths", text}}));
    return {};
  }));
  std::lock_guard lock(mutex_);
  present_ = Thresholds{fifths, now};
  is_loaded_ = true;
  return {};
}

Result<void> BuyerFifths::run(const std::function<Result<void>()>& work) {
  auto done = world_.executor.make_signal();
  Result<void> out;
  queue_->post([&] {
    out = work();
    done->set();
  });
  done->wait();
  return out;
}

Result<void> BuyerFifths::ensure() {
  return run([this] { return look_when_old(); });
}

Result<void> BuyerFifths::refresh() {
  return run([this] { return look(); });
}

}  // namespace cairn::profile
