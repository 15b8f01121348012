// Rows of profiles: notes, tags, the index that people are found by, and look-ups in the log and among identifiers. SQL
// in, structs out.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "db/session.h"
#include "events/aliases.h"
#include "profile/model.h"

namespace cairn::profile::rows {

struct NewNote {
  CustomerId customer;
  int64_t id = 0;
  std::string_view text, author;
  Time at;
};
Result<void> add_note(db::Transaction& tx, const NewNote& note);
/// False when there is none.
Result<bool> remove_note(db::Transaction& tx, CustomerId customer, int64_t id);
/// Of all ids of a person, latest first.
Result<std::vector<Note>> notes_of(db::Session& session, std::span<const CustomerId> ids, size_t most);

struct NewTag {
  CustomerId customer;
  std::string_view tag, author;
  Time at;
};
Result<void> add_tag(db::Transaction& tx, const NewTag& tag);
Result<bool> remove_tag(db::Transaction& tx, std::span<const CustomerId> ids, std::string_view tag);
/// Of all ids of a person, each tag once, by name.
Result<std::vector<Tag>> tags_of(db::Session& session, std::span<const CustomerId> ids);
/// The most frequent first, of people: who has a tag under two of their ids counts once.
Result<std::vector<TagCount>> tags(db::Session& session, const events::Aliases& aliases);

/// One row of the log; views are valid during the visit.
struct Row {
  Seq seq;
  CustomerId customer;
  KindId kind;
  Time occurred_at, known_at;
  SourceId source;
  uint32_t flags = 0;
  std::string_view properties;
};
/// In any order.
Result<void> each_event(db::Session& session, std::span<const Seq> seqs, const std::function<void(const Row&)>& visit);

/// The kinds of identifiers that anybody has.
Result<std::vector<std::string>> kinds(db::Session& session);
struct Owned {
  std::string kind, value;
  CustomerId customer;
};
Result<std::vector<Owned>> customers_by(db::Session& session,
                                        std::span<const std::pair<std::string, std::string>> identifiers);

/// An entry of the index.
struct Name {
  char kind = 'n';  ///< n, e or p.
  std::string text;
  CustomerId customer;
  auto operator<=>(const Name&) const = default;
};
struct Order {
  int64_t hash = 0;
  CustomerId customer;
  auto operator<=>(const Order&) const = default;
};
Result<void> put(db::Transaction& tx, std::span<const Name> names, std::span<const Order> orders);
/// Every name, e-mail and telephone of one id.
Result<std::vector<Name>> names_of(db::Session& session, CustomerId customer);
Result<void> remove_name(db::Transaction& tx, const Name& name);
/// Those that begin with `text`.
Result<std::vector<Name>> names_from(db::Session& session, char kind, std::string_view text, size_t most);
/// Names of which a word is one of these.
Result<std::vector<Name>> names_like_any(db::Session& session, const std::vector<std::string>& words, size_t most);
Result<std::vector<CustomerId>> customers_of_order(db::Session& session, int64_t hash);
int64_t hash_of_order(std::string_view order_id);

/// Rows of the log up to `seq` are in the index, of the shards below `shards`.
struct Cursor {
  Seq seq;
  int shards = 0;
};
Result<std::optional<Cursor>> read_cursor(db::Session& session);
Result<void> write_cursor(db::Transaction& tx, const Cursor& cursor);
Result<void> empty_index(db::Transaction& tx);

}  // namespace cairn::profile::rows
