#include "profile/store.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/hash.h"

namespace cairn::profile::rows {
namespace {

constexpr size_t kTagsMost = 1000;

/// `[…]` of what write() appends for each.
template <class List, class Write>
std::string list_of(const List& list, Write write) {
  std::string out = "[";
  for (const auto& one : list) {
    if (out.size() > 1) out += ',';
    write(out, one);
  }
  return out + "]";
}

}  // namespace

Result<void> add_note(db::Transaction& tx, const NewNote& n) {
  TRY(tx.run("profile.add_note", {{"shard", shard_of(n.customer)},
                                  {"customer", n.customer},
                                  {"id", n.id},
                                  {"text", n.text},
                                  {"author", n.author},
                                  {"at", n.at}}));
  return {};
}

Result<bool> remove_note(db::Transaction& tx, CustomerId customer, int64_t id) {
  return TRY(tx.run("profile.remove_note", {{"shard", shard_of(customer)}, {"customer", customer}, {"id", id}})) > 0;
}

Result<std::vector<Note>> notes_of(db::Session& session, std::span<const CustomerId> ids, size_t most) {
  std::vector<Note> out;
  for (CustomerId customer : ids)
    TRY(session.each("profile.notes_of", {{"shard", shard_of(customer)}, {"customer", customer}, {"limit", most}},
                     [&](const db::Row& row) {
                       out.push_back({std::to_string(row.integer(0)), customer, std::string(row.text(1)),
                                      std::string(row.text(2)), row.time(3)});
                       return true;
                     }));
  std::stable_sort(out.begin(), out.end(), [](const Note& a, const Note& b) { return a.at > b.at; });
  if (out.size() > most) out.resize(most);
  return out;
}

Result<void> add_tag(db::Transaction& tx, const NewTag& t) {
  TRY(tx.run(
      "profile.add_tag",
      {{"shard", shard_of(t.customer)}, {"customer", t.customer}, {"tag", t.tag}, {"author", t.author}, {"at", t.at}}));
  return {};
}

Result<bool> remove_tag(db::Transaction& tx, std::span<const CustomerId> ids, std::string_view tag) {
  int64_t removed = 0;
  for (CustomerId customer : ids)
    removed += TRY(tx.run("profile.remove_tag", {{"shard", shard_of(customer)}, {"customer", customer}, {"tag", tag}}));
  return removed > 0;
}

Result<std::vector<Tag>> tags_of(db::Session& session, std::span<const CustomerId> ids) {
  std::map<std::string, Tag> out;
  for (CustomerId customer : ids)
    TRY(session.each("profile.tags_of", {{"shard", shard_of(customer)}, {"customer", customer}},
                     [&](const db::Row& row) {
                       std::string tag(row.text(0));
                       out.try_emplace(tag, Tag{tag, std::string(row.text(1)), row.time(2)});
                       return true;
                     }));
  std::vector<Tag> list;
  for (auto& [name, tag] : out) list.push_back(std::move(tag));
  return list;
}

Result<std::vector<TagCount>> tags(db::Session& session, const events::Aliases& aliases) {
  if (aliases.size() == 0)
    return session.all("profile.tags", {{"limit", kTagsMost}},
                       [](const db::Row& row) { return TagCount{std::string(row.text(0)), row.integer(1)}; });
  // A person may have a tag under two of their ids, and is one all the same.
  std::vector<TagCount> out;
  std::unordered_set<int64_t> people;
  TRY(session.each("profile.tagged", {}, [&](const db::Row& row) {
    if (out.empty() || out.back().tag != row.text(0)) out.push_back({std::string(row.text(0)), 0}), people.clear();
    out.back().customers += people.insert(aliases.root(row.id<CustomerId>(1)).value).second;
    return true;
  }));
  std::stable_sort(out.begin(), out.end(),
                   [](const TagCount& a, const TagCount& b) { return a.customers > b.customers; });
  if (out.size() > kTagsMost) out.resize(kTagsMost);
  return out;
}

Result<void> each_event(db::Session& session, std::span<const Seq> seqs, const std::function<void(const Row&)>& visit) {
  if (seqs.empty()) return {};
  std::string list = list_of(seqs, [](std::string& out, Seq seq) { out += std::to_string(seq.value); });
  return session.each("profile.events_by_seq", {{"list", list}}, [&](const db::Row& row) {
    visit({row.id<Seq>(0), row.id<CustomerId>(2), row.id<KindId>(3), row.time(4), row.time(5), row.id<SourceId>(6),
           static_cast<uint32_t>(row.integer(7)), row.text(8)});
    return true;
  });
}

Result<std::vector<std::string>> kinds(db::Session& session) {
  std::vector<std::string> out;
  for (std::string after;;) {
    auto next = TRY(session.first("profile.next_kind", {{"after", after}},
                                  [](const db::Row& row) { return std::string(row.text(0)); }));
    if (!next || next->empty()) return out;
    out.push_back(*next);
    after = std::move(*next);
  }
}

Result<std::vector<Owned>> customers_by(db::Session& session,
                                        std::span<const std::pair<std::string, std::string>> identifiers) {
  if (identifiers.empty()) return std::vector<Owned>();
  std::string list = list_of(identifiers, [](std::string& out, const auto& id) {
    out += '[';
    json::append_text(out, id.first);
    out += ',';
    json::append_text(out, id.second);
    out += ']';
  });
  return session.all("profile.customers_by", {{"list", list}}, [](const db::Row& row) {
    return Owned{std::string(row.text(0)), std::string(row.text(1)), row.id<CustomerId>(2)};
  });
}

Result<void> put(db::Transaction& tx, std::span<const Name> names, std::span<const Order> orders) {
  if (!names.empty()) {
    std::string list = list_of(names, [](std::string& out, const Name& n) {
      out += fmt::format("[\"{}\",", n.kind);
      json::append_text(out, n.text);
      out += fmt::format(",{},{}]", shard_of(n.customer), n.customer.value);
    });
    TRY(tx.run("profile.put_names", {{"list", list}}));
  }
  if (orders.empty()) return {};
  std::string list = list_of(orders, [](std::string& out, const Order& o) {
    out += fmt::format("[{},{},{}]", o.hash, shard_of(o.customer), o.customer.value);
  });
  TRY(tx.run("profile.put_orders", {{"list", list}}));
  return {};
}

Result<std::vector<Name>> names_of(db::Session& session, CustomerId customer) {
  return session.all("profile.names_of", {{"shard", shard_of(customer)}, {"customer", customer}},
                     [&](const db::Row& row) { return Name{row.text(0).front(), std::string(row.text(1)), customer}; });
}

Result<void> remove_name(db::Transaction& tx, const Name& name) {
  TRY(tx.run("profile.remove_name", {{"kind", std::string_view(&name.kind, 1)},
                                     {"text", name.text},
                                     {"shard", shard_of(name.customer)},
                                     {"customer", name.customer}}));
  return {};
}

Result<std::vector<Name>> names_from(db::Session& session, char kind, std::string_view text, size_t most) {
  // Behind every text that begins so: no text of ours has the last code point of all.
  std::string high = std::string(text) + "\xF4\x8F\xBF\xBF";
  return session.all("profile.names_between",
                     {{"kind", std::string_view(&kind, 1)}, {"low", text}, {"high", high}, {"limit", most}},
                     [&](const db::Row& row) { return Name{kind, std::string(row.text(0)), row.id<CustomerId>(1)}; });
}

Result<std::vector<Name>> names_like_any(db::Session& session, const std::vector<std::string>& words, size_t most) {
  if (words.empty()) return std::vector<Name>();
  std::string list = list_of(words, [](std::string& out, const std::string& w) { json::append_text(out, w); });
  return session.all("profile.names_like_any", {{"list", list}, {"limit", most}},
                     [](const db::Row& row) { return Name{'n', std::string(row.text(0)), row.id<CustomerId>(1)}; });
}

int64_t hash_of_order(std::string_view order_id) { return static_cast<int64_t>(hash64(order_id) >> 1); }

Result<std::vector<CustomerId>> customers_of_order(db::Session& session, int64_t hash) {
  return session.all("profile.customers_of_order", {{"hash", hash}},
                     [](const db::Row& row) { return row.id<CustomerId>(0); });
}

Result<std::optional<Cursor>> read_cursor(db::Session& session) {
  return session.first("profile.cursor", {},
                       [](const db::Row& row) { return Cursor{row.id<Seq>(0), static_cast<int>(row.integer(1))}; });
}

Result<void> write_cursor(db::Transaction& tx, const Cursor& cursor) {
  TRY(tx.run("profile.set_cursor", {{"seq", cursor.seq}, {"shards", cursor.shards}}));
  return {};
}

Result<void> empty_index(db::Transaction& tx) {
  TRY(tx.run("profile.empty_names"));
  TRY(tx.run("profile.empty_orders"));
  TRY(tx.run("profile.forget_cursor"));
  return {};
}

}  // namespace cairn::profile::rows
