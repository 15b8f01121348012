#include "consent/listener.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "base/log.h"
#include "consent/store.h"
#include "consent/told.h"
#include "crypto/hash.h"
#include "events/own.h"
#include "i18n/language.h"
#include "json/value.h"

namespace cairn::consent {
namespace {

constexpr size_t kRowsAWrite = 500;
/// Rows without consent that are not worth a commit: a start looks through them again, which is soon done.
constexpr int64_t kQuietRows = 200'000;
constexpr Duration kAnswersPause = seconds(1);
/// A flood needs the cores itself: its rows are looked at when it is over, or after a while.
constexpr Duration kPatienceInFlood = minutes(5);
/// A disk that writes back what it was given may hold up a flood for seconds.
constexpr Duration kCalm = seconds(5);
/// Devices that are remembered; beyond it they are asked of the store once more.
constexpr size_t kMostDevices = 200'000;

/// Of the identifiers as a row has them.
std::string_view anonymous_id_in(std::string_view identifiers) {
  constexpr std::string_view kKind = "anonymous_id=";
  size_t at = identifiers.starts_with(kKind) ? 0 : identifiers.find("\nanonymous_id=");
  if (at == identifiers.npos) return {};
  identifiers.remove_prefix(identifiers.find('=', at) + 1);
  return identifiers.substr(0, identifiers.find('\n'));
}

}  // namespace

/// An event `Consent Updated`.
struct Listener::Found {
  Statement statement;
  bool is_trusted = false;
};

/// A banner's answer.
struct Listener::Answer {
  Seq seq;
  CustomerId customer;
  Time occurred_at;
  SourceId source;
  std::string device, said;
  bool tells_of_change = false, is_trusted = false;
};

/// In the order of the log, as far as they are of one sort.
struct Listener::Batch {
  std::vector<Found> found;
  std::vector<Answer> answers;
  size_t size() const { return found.size() + answers.size(); }
};

std::optional<Statement> heard(const events::LogRow& row, std::string_view source, bool is_trusted) {
  auto properties = json::parse_object(row.properties);
  if (!properties) return std::nullopt;
  auto purpose = json::enum_from<Purpose>(json::text_at(*properties, "purpose").value_or(""));
  auto state = json::enum_from<State>(json::text_at(*properties, "state").value_or(""));
  if (!purpose || !state || *state == State::unknown) return std::nullopt;
  Statement out;
  out.seq = row.seq;
  out.customer = row.customer;
  out.purpose = *purpose;
  out.state = *state;
  out.occurred_at = std::min(row.occurred_at, row.known_at);
  out.known_at = row.known_at;
  out.source = source;
  out.how = is_trusted ? How::event : How::browser;
  out.text_version = json::int_at(*properties, "text_version");
  if (auto language = i18n::parse_language(json::text_at(*properties, "locale").value_or("")))
    out.language = json::enum_name(*language);
  return out;
}

Listener::Listener(World& world, db::Store& store, events::Log& log, const events::Aliases& aliases)
    : world_(world), store_(store), log_(log), aliases_(aliases), pace_(kAnswersPause, kCalm) {}
Listener::~Listener() = default;

Result<void> Listener::start() {
  source_ = TRY(log_.ensure_source("consent"));
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    key_ = TRY(read_key(tx));
    auto cursor = TRY(read_cursor(tx));
    // Where nobody has told of consent yet, there is nothing to look through.
    cursor_ = cursor ? *cursor : TRY(has_kind(tx, kConsentUpdated)) ? Seq{} : log_.last();
    // From here on, what comes is heard, also by the next one who starts.
    return cursor ? Result<void>() : write_cursor(tx, cursor_);
  }));
  written_ = heard_to_ = cursor_;
  queue_ = world_.executor.make_queue("consent");
  return {};
}

void Listener::hear(Seq after, Seq to, Holds holds) {
  queue_->post([this, after, to, holds] { take(after, to, holds); });
}

void Listener::take(Seq after, Seq to, Holds holds) {
  heard_to_ = std::max(heard_to_, to);
  if (to <= cursor_) {
    is_caught_up_ = true;
    return;
  }
  if (!is_caught_up_ || holds == Holds::consent) return take_now(to, true);
  if (holds == Holds::nothing && after <= cursor_) return pass(to);
  if (is_waiting_) return;
  is_waiting_ = true;
  waits_since_ = world_.clock.elapsed();
  pace_.begin(log_.last(), waits_since_);
  wait();
}

/// Without a look at the rows.
void Listener::pass(Seq to) {
  cursor_ = to;
  if (to.value - written_.value < kQuietRows) return;
  auto done = store_.write_now(db::Lane::reactor, [to](db::Transaction& tx) { return write_cursor(tx, to); });
  if (done) written_ = to;
}

void Listener::wait() {
  queue_->post_after(kAnswersPause, [this] {
    Duration now = world_.clock.elapsed();
    // Not by what is heard: a timeline that rests in a flood tells of it every few seconds.
    if (pace_.look(log_.last(), now) && now - waits_since_ < kPatienceInFlood) return wait();
    is_waiting_ = false;
    take_now(heard_to_, false);
  });
}

void Listener::take_now(Seq to, bool keeps_cursor) {
  auto done = take_rows(to, keeps_cursor);
  is_caught_up_ = done.has_value();
  if (done) return;
  said_.clear();  // some of it was not written
  log_warning("consent: {} {}", done.error().message, done.error().detail);
}

Result<void> Listener::take_rows(Seq to, bool keeps_cursor) {
  std::map<SourceId, bool> sources;
  Settings settings;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    sources = TRY(live_sources(session));
    settings = TRY(read_settings(session));
    return {};
  }));
  while (cursor_ < to) {
    auto batch = std::make_shared<Batch>();
    Seq last = cursor_;
    TRY(log_.sweep(cursor_, [&](const events::LogRow& row) {
      if (row.seq > to || batch->size() >= kRowsAWrite) return false;
      last = row.seq;
      look_at(row, sources, *batch);
      return true;
    }));
    // Rows may be missing up to `to`, where an import was undone.
    if (batch->size() < kRowsAWrite) last = to;
    if (keeps_cursor || batch->size() > 0 || last.value - written_.value >= kQuietRows) {
      TRY(store_.write_now(db::Lane::reactor, [&, batch, last](db::Transaction& tx) {
        return write_batch(tx, *batch, last, settings.categories);
      }));
      written_ = last;
    }
    cursor_ = last;
  }
  return {};
}

void Listener::look_at(const events::LogRow& row, const std::map<SourceId, bool>& sources, Batch& batch) {
  if (row.flags & (events::kSetApart | events::kHistorical | events::kErased)) return;
  std::string_view said = answers_in(row.properties);
  if (said.empty() && !is_consent(row.kind)) return;
  auto source = sources.find(row.source);
  if (source == sources.end()) return;
  if (is_consent(row.kind))
    if (auto one = heard(row, log_.source_name(row.source), source->second))
      batch.found.push_back({std::move(*one), source->second});
  if (said.empty()) return;
  std::string device = fmt::format("{}/{}", row.source.value, anonymous_id_in(row.identifiers));
  bool is_change = tells_of_change(log_.kind_name(row.kind));
  if (is_said_again(row.customer, hash64(device), said) && !is_change) return;
  batch.answers.push_back({row.seq, row.customer, std::min(row.occurred_at, row.known_at), row.source,
                           std::move(device), std::string(said), is_change, source->second});
}

/// Names of kinds stay: most rows are of one that was asked for.
bool Listener::is_consent(KindId kind) {
  auto [at, is_new] = is_consent_.try_emplace(kind.value, false);
  if (is_new) at->second = log_.kind_name(kind) == kConsentUpdated;
  return at->second;
}

bool Listener::is_said_again(CustomerId customer, uint64_t device, std::string_view said) {
  uint64_t hash = hash64(said);
  if (said_.size() >= kMostDevices) said_.clear();
  auto [at, is_new] = said_.try_emplace(mix(device ^ mix(static_cast<uint64_t>(customer.value))), hash);
  if (!is_new && at->second == hash) return true;
  at->second = hash;
  return false;
}

Result<void> Listener::write_batch(db::Transaction& tx, const Batch& batch, Seq cursor, const Categories& categories) {
  for (const Found& one : batch.found)
    if (TRY(is_customer(tx, one.statement.customer))) TRY(write_found(tx, one));
  for (const Answer& one : batch.answers)
    if (TRY(is_customer(tx, one.customer))) TRY(write_answer(tx, one, categories));
  return write_cursor(tx, cursor);
}

Result<void> Listener::write_found(db::Transaction& tx, const Found& found) {
  const Statement& s = found.statement;
  if (!found.is_trusted && s.state == State::granted && TRY(is_known(tx, aliases_.members(s.customer)))) return {};
  return add_statement_once(tx, s);
}

Result<void> Listener::write_answer(db::Transaction& tx, const Answer& answer, const Categories& categories) {
  auto ids = aliases_.members(answer.customer);
  auto digest = crypto::hmac_sha256(key_, "device/" + answer.device);
  int64_t device = 0;
  std::memcpy(&device, digest.data(), sizeof device);
  std::string before = TRY(read_device(tx, ids, device));
  if (before == answer.said && !answer.tells_of_change) return {};
  bool is_known_now = TRY(is_known(tx, ids));
  Heard heard{answers_of(answer.said), {}, answer.tells_of_change, answer.is_trusted, is_known_now};
  if (!before.empty()) heard.before = answers_of(before);
  auto said = said_by_banner(heard, categories, standing_of(TRY(read_counting(tx, ids))));
  std::vector<Statement> statements;
  std::vector<events::NewEvent> told;
  for (size_t i = 0; i < kPurposes; ++i) {
    if (!said[i]) continue;
    Statement s;
    s.customer = answer.customer;
    s.purpose = static_cast<Purpose>(i);
    s.state = *said[i];
    s.occurred_at = answer.occurred_at;
    s.known_at = world_.clock.now();
    s.source = log_.source_name(answer.source);
    s.how = answer.is_trusted ? How::event : How::browser;
    told.push_back(event_of(s));
    told.back().cause = answer.seq;
    told.back().depth = 1;
    statements.push_back(std::move(s));
  }
  if (!told.empty()) {
    events::ById identify;
    auto outcomes = TRY(log_.append(tx, identify, told, {.source = source_}));
    for (size_t i = 0; i < told.size(); ++i) {
      if (outcomes[i].fate == events::Fate::refused) return tl::unexpected(outcomes[i].error);
      if (outcomes[i].fate != events::Fate::kept) continue;
      statements[i].seq = outcomes[i].seq;
      TRY(add_statement(tx, statements[i]));
    }
  }
  return write_device(tx, answer.customer, device, answer.said, answer.seq);
}

}  // namespace cairn::consent
