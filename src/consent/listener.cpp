#include "consent/listener.h"

#include <algorithm>

#include "base/log.h"
#include "consent/store.h"
#include "consent/told.h"
#include "i18n/language.h"
#include "json/value.h"

namespace cairn::consent {
namespace {

constexpr size_t kRowsAWrite = 500;
/// Rows without consent that are not worth a commit: a start looks through them again, which is soon done.
constexpr int64_t kQuietRows = 200'000;

}  // namespace

std::optional<Statement> heard(const events::LogRow& row, std::string_view source) {
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
  out.how = How::event;
  out.text_version = json::int_at(*properties, "text_version");
  if (auto language = i18n::parse_language(json::text_at(*properties, "locale").value_or("")))
    out.language = json::enum_name(*language);
  return out;
}

Listener::Listener(World& world, db::Store& store, events::Log& log) : world_(world), store_(store), log_(log) {}
Listener::~Listener() { queue_.reset(); }

Result<void> Listener::start() {
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    auto cursor = TRY(read_cursor(session));
    // Where nobody has told of consent yet, there is nothing to look through.
    bool is_told = TRY(has_kind(session, kConsentUpdated));
    cursor_ = cursor.value_or(is_told ? Seq{} : log_.last());
    return {};
  }));
  written_ = cursor_;
  queue_ = world_.executor.make_queue("consent");
  return {};
}

void Listener::hear(Seq to, bool has_consent) {
  queue_->post([this, to, has_consent] { take(to, has_consent); });
}

void Listener::take(Seq to, bool has_consent) {
  if (to <= cursor_) {
    is_caught_up_ = true;
    return;
  }
  bool is_quiet = is_caught_up_ && !has_consent;
  if (is_quiet && to.value - written_.value < kQuietRows) {
    cursor_ = to;
    return;
  }
  auto done = take_rows(to);
  is_caught_up_ = done.has_value();
  if (!done) log_warning("consent: {} {}", done.error().message, done.error().detail);
}

Result<void> Listener::take_rows(Seq to) {
  auto sources = std::make_shared<std::vector<SourceId>>();
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    *sources = TRY(trusted_sources(session));
    return {};
  }));
  auto found = std::make_shared<std::vector<Statement>>();
  auto write = [&](Seq cursor) {
    return store_.write_now(db::Lane::reactor, [found, cursor](db::Transaction& tx) -> Result<void> {
      for (const Statement& s : *found)
        if (TRY(is_customer(tx, s.customer))) TRY(add_statement_once(tx, s));
      return write_cursor(tx, cursor);
    });
  };
  constexpr uint32_t kNotOurs = events::kSetApart | events::kHistorical | events::kErased;
  while (cursor_ < to) {
    found->clear();
    Seq last = cursor_;
    TRY(log_.sweep(cursor_, [&](const events::LogRow& row) {
      if (row.seq > to || found->size() == kRowsAWrite) return false;
      last = row.seq;
      bool is_ours = !(row.flags & kNotOurs) && log_.kind_name(row.kind) == kConsentUpdated &&
                     std::find(sources->begin(), sources->end(), row.source) != sources->end();
      if (!is_ours) return true;
      if (auto one = heard(row, log_.source_name(row.source))) found->push_back(std::move(*one));
      return true;
    }));
    // Rows may be missing up to `to`, where an import was undone.
    if (found->size() < kRowsAWrite) last = to;
    TRY(write(last));
    cursor_ = written_ = last;
  }
  return {};
}

}  // namespace cairn::consent
