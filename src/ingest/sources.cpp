#include "ingest/sources.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/secret.h"

namespace cairn::ingest {
namespace {

constexpr size_t kNameBytes = 100;
constexpr size_t kKeyBytes = 24;
constexpr std::string_view kPrefix = "cw_";
constexpr Duration kLongestOverlap = hours(24 * 90);

Result<void> check(const Sources::NewSource& source) {
  if (source.name.empty() || source.name.size() > kNameBytes || !is_utf8(source.name))
    return fail_at("name", "a source needs a name of up to {} bytes that says where its events come from", kNameBytes);
  if (std::any_of(source.name.begin(), source.name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return fail_at("name", "a source's name has no control characters");
  if (source.form == SourceForm::browser && source.is_trusted.value_or(false))
    return fail_at("is_trusted", "a browser's key is public: whoever has it could join two customers");
  return {};
}

/// A new key's row; `text` is what its owner is shown.
struct MadeKey {
  WriteKey key;
  std::string hash, text;
};

MadeKey make_key(Entropy& entropy, const Source& source, Time now, std::string_view text = {}) {
  MadeKey made;
  made.text = text.empty() ? std::string(kPrefix) + crypto::random_token(entropy, kKeyBytes) : std::string(text);
  made.hash = crypto::hash_token(made.text);
  made.key.id = fmt::format("{:016x}", entropy.next64());
  made.key.source = source.id;
  made.key.created_at = now;
  if (source.form == SourceForm::browser) made.key.text = made.text;
  return made;
}

Result<void> store_key(db::Transaction& tx, const MadeKey& made) {
  std::optional<std::string> text;
  if (!made.key.text.empty()) text = made.key.text;
  TRY(tx.run("ingest.add_key", {{"id", made.key.id},
                                {"hash", made.hash},
                                {"text", text},
                                {"source", made.key.source},
                                {"created_at", made.key.created_at}}));
  return {};
}

}  // namespace

int precedence_of(SourceForm form) {
  switch (form) {
    case SourceForm::server: return 300;
    case SourceForm::webhook: return 200;
    case SourceForm::browser: return 50;
  }
  return 100;
}

Result<std::unique_ptr<Sources>> Sources::open(World& world, db::Store& store, events::Log& log) {
  std::unique_ptr<Sources> sources(new Sources(world, store, log));
  TRY(sources->load());
  return sources;
}

Result<void> Sources::load() {
  return store_.read([this](db::Session& session) -> Result<void> {
    TRY(session.each("ingest.sources", {}, [&](const db::Row& row) {
      auto source = std::make_shared<Source>();
      source->id = {row.integer(0)};
      source->name = row.text(1);
      source->form = json::enum_from<SourceForm>(row.text(2)).value_or(SourceForm::browser);
      source->is_trusted = row.integer(3) != 0;
      source->precedence = static_cast<int>(row.integer(4));
      source->created_at = row.time(5);
      source->is_closed = !row.is_null(6);
      sources_[source->id.value] = std::move(source);
      return true;
    }));
    return session.each("ingest.keys", {}, [&](const db::Row& row) {
      WriteKey key;
      key.id = row.text(0);
      key.text = row.text(2);
      key.source = {row.integer(3)};
      key.created_at = row.time(4);
      if (!row.is_null(5)) key.expires_at = row.time(5);
      keys_.emplace(std::string(row.text(1)), std::move(key));
      return true;
    });
  });
}

Result<Sources::Made> Sources::add(const accounts::Actor& by, const NewSource& wanted) {
  NewSource source = wanted;
  source.name = trim(source.name);
  TRY(check(source));
  SourceId id = TRY(log_.ensure_source(source.name, precedence_of(source.form)));
  Time now = world_.clock.now();
  Source row{.id = id,
             .name = source.name,
             .form = source.form,
             .is_trusted = source.is_trusted.value_or(source.form != SourceForm::browser),
             .precedence = log_.source_precedence(id),
             .created_at = now};
  MadeKey made = make_key(world_.entropy, row, now, source.key);
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    int64_t added = TRY(tx.run(
        "ingest.add_source",
        {{"source", id}, {"form", json::enum_name(row.form)}, {"trusted", row.is_trusted}, {"created_at", now}}));
    if (added == 0) return fail(Code::conflict, "there is a source named '{}' already", source.name);
    TRY(store_key(tx, made));
    return accounts::write_audit(tx, now, by, {"source_added", std::to_string(id.value), json::enum_name(row.form)});
  }));
  std::unique_lock lock(mutex_);
  sources_[id.value] = std::make_shared<Source>(row);
  keys_.emplace(made.hash, made.key);
  made.key.text = made.text;
  return Made{row, made.key};
}

Result<Source> Sources::change(const accounts::Actor& by, SourceId id, const Change& change) {
  Source row = TRY(find(id));
  if (change.is_trusted) row.is_trusted = *change.is_trusted;
  if (change.is_closed) row.is_closed = *change.is_closed;
  if (row.is_trusted && row.form == SourceForm::browser)
    return fail_at("is_trusted", "a browser's key is public: whoever has it could join two customers");
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    std::optional<Time> closed_at;
    if (row.is_closed) closed_at = now;
    TRY(tx.run("ingest.change_source", {{"source", id}, {"trusted", row.is_trusted}, {"closed_at", closed_at}}));
    std::string detail = fmt::format("trusted {}, closed {}", row.is_trusted, row.is_closed);
    return accounts::write_audit(tx, now, by, {"source_changed", std::to_string(id.value), detail});
  }));
  std::unique_lock lock(mutex_);
  sources_[id.value] = std::make_shared<Source>(row);
  return row;
}

Result<WriteKey> Sources::rotate(const accounts::Actor& by, SourceId id, Duration old_keys_live) {
  if (old_keys_live < Duration{} || old_keys_live > kLongestOverlap)
    return fail_at("old_keys_live_hours", "old keys may go on for 0 to {} hours",
                   kLongestOverlap.micros / hours(1).micros);
  Source source = TRY(find(id));
  Time now = world_.clock.now();
  Time end = now + old_keys_live;
  MadeKey made = make_key(world_.entropy, source, now);
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("ingest.expire_keys", {{"source", id}, {"expires_at", end}}));
    TRY(store_key(tx, made));
    return accounts::write_audit(tx, now, by, {"key_rotated", std::to_string(id.value), made.key.id});
  }));
  std::unique_lock lock(mutex_);
  for (auto& [hash, key] : keys_)
    if (key.source == id && (!key.expires_at || *key.expires_at > end)) key.expires_at = end;
  keys_.emplace(made.hash, made.key);
  made.key.text = made.text;
  return made.key;
}

Result<void> Sources::revoke(const accounts::Actor& by, SourceId id, std::string_view key_id) {
  auto matches = [&](const auto& entry) { return entry.second.source == id && entry.second.id == key_id; };
  {
    std::shared_lock lock(mutex_);
    if (std::none_of(keys_.begin(), keys_.end(), matches)) return fail(Code::not_found, "this source has no such key");
  }
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("ingest.revoke_key", {{"id", key_id}, {"source", id}, {"revoked_at", now}}));
    return accounts::write_audit(tx, now, by, {"key_revoked", std::to_string(id.value), key_id});
  }));
  std::unique_lock lock(mutex_);
  std::erase_if(keys_, matches);
  return {};
}

std::vector<Source> Sources::all() const {
  std::vector<Source> out;
  std::shared_lock lock(mutex_);
  for (const auto& [id, source] : sources_) out.push_back(*source);
  std::sort(out.begin(), out.end(), [](const Source& a, const Source& b) { return a.id < b.id; });
  return out;
}

Result<Source> Sources::find(SourceId source) const {
  std::shared_lock lock(mutex_);
  auto it = sources_.find(source.value);
  if (it == sources_.end()) return fail(Code::not_found, "there is no such source");
  return *it->second;
}

std::vector<WriteKey> Sources::keys_of(SourceId source) const {
  std::vector<WriteKey> out;
  Time now = world_.clock.now();
  std::shared_lock lock(mutex_);
  for (const auto& [hash, key] : keys_)
    if (key.source == source && (!key.expires_at || *key.expires_at > now)) out.push_back(key);
  std::sort(out.begin(), out.end(), [](const WriteKey& a, const WriteKey& b) {
    return std::pair(a.created_at, std::string_view(a.id)) < std::pair(b.created_at, std::string_view(b.id));
  });
  return out;
}

std::shared_ptr<const Source> Sources::of_key(std::string_view text) const {
  std::string hash = crypto::hash_token(text);
  std::shared_lock lock(mutex_);
  auto key = keys_.find(hash);
  if (key == keys_.end()) return nullptr;
  if (key->second.expires_at && *key->second.expires_at <= world_.clock.now()) return nullptr;
  auto source = sources_.find(key->second.source.value);
  if (source == sources_.end() || source->second->is_closed) return nullptr;
  return source->second;
}

}  // namespace cairn::ingest
