#include "events/mentions.h"

#include <algorithm>

#include "base/text.h"
#include "events/cutting.h"
#include "events/kinds.h"
#include "events/undeclared.h"

namespace cairn::events {
namespace {

constexpr size_t kLongFrom = 8;  // bytes: what is shorter may be anything where it is not said to be an id
constexpr size_t kPhoneText = 40;
constexpr std::string_view kStandIn = "[erased]";

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One row.
class Taking {
 public:
  Taking(const Log& log, const Mentions& mentions, std::string kind)
      : log_(log), mentions_(mentions), kind_(std::move(kind)) {}

  std::string identifiers(std::string_view text) {
    std::vector<Identifier> stay;
    for (Identifier& id : split_identifiers(text)) {
      bool is_theirs = mentions_.has(id.kind, id.value);
      if (!is_theirs) stays_.insert(to_lower(trim(id.value)));
      (is_theirs ? gone_ : stay).push_back(std::move(id));
    }
    return gone_.empty() ? std::string(text) : join_identifiers(stay);
  }

  std::string properties(std::string_view object) {
    if (!json::parse_object(object)) return std::string(object);
    const query::Kind* kind = declared_kinds().find(kind_);
    return members(object, [&](std::string_view key, std::string_view value) {
      std::string left = of_value(key, value);
      if (left != value && !(kind && kind->find(key))) note(key, value);
      return left;
    });
  }

  bool has_gone() const { return !gone_.empty(); }
  bool has_changed() const { return has_changed_; }
  std::vector<Undescribed> undescribed() { return std::move(undescribed_); }

 private:
  template <class F>
  std::string members(std::string_view object, F keep) {
    std::string out = "{";
    bool has_changed = false;
    Cutter(object).each([&](std::string_view written_key, std::string_view value) {
      std::string key = text_of(written_key);
      std::string left = mentions_.has("email", key) ? std::string() : keep(key, value);
      has_changed |= left != value;
      if (left.empty()) return;
      if (out.size() > 1) out += ',';
      out.append(written_key).append(":").append(left);
    });
    has_changed_ |= has_changed;
    return has_changed ? out + "}" : std::string(object);
  }

  /// As it is written; empty: it goes.
  std::string of_value(std::string_view name, std::string_view value) {
    if (value.front() == '{')
      return members(value, [&](std::string_view key, std::string_view inner) { return of_value(key, inner); });
    if (value.front() == '[') return of_list(name, value);
    return of_scalar(name, value);
  }

  std::string of_list(std::string_view name, std::string_view list) {
    std::string out = "[";
    bool has_changed = false;
    Cutter(list).each([&](std::string_view, std::string_view element) {
      std::string left = of_value(name, element);
      has_changed |= left != element;
      // Its place is kept: how many there were is counted.
      if (out.size() > 1) out += ',';
      out += left.empty() ? "null" : left;
    });
    return has_changed ? out + "]" : std::string(list);
  }

  std::string of_scalar(std::string_view name, std::string_view written) {
    std::string text = text_of(written);
    bool is_text = written.front() == '"', is_whole = is_theirs(name, text, is_text);
    if (!is_whole && !is_text) return std::string(written);
    std::string left = is_whole ? std::string() : without_words(text);
    if (left == text) return std::string(written);
    if (name.ends_with("_id")) {
      std::string print = log_.erased_key({}, text);
      return print.empty() ? std::string() : fmt::format("\"erased-{}\"", print.substr(1));
    }
    std::string out;
    if (!is_whole) json::append_text(out, left);
    return out;
  }

  bool is_theirs(std::string_view name, std::string_view text, bool is_text) const {
    std::string value = to_lower(trim(text)), member = to_lower(name);
    if (value.empty() || stays_.contains(value)) return false;
    if (value.find('@') != value.npos && mentions_.has("email", text)) return true;
    bool may_be_phone = is_text || member.find("phone") != member.npos;
    if (may_be_phone && value.size() <= kPhoneText && mentions_.has("phone", text)) return true;
    const auto& words = mentions_.words();
    if (std::find(words.begin(), words.end(), value) != words.end()) return true;
    return std::any_of(gone_.begin(), gone_.end(), [&](const Identifier& id) {
      if (to_lower(trim(id.value)) != value) return false;
      std::string kind = id.kind.substr(id.kind.find(':') + 1);
      bool is_id = member.ends_with("id") || member.find(to_lower(kind)) != member.npos;
      return is_id || (is_text && value.size() >= kLongFrom);
    });
  }

  std::string without_words(std::string text) const {
    std::string lower = to_lower(text);
    for (const std::string& word : mentions_.words()) {
      if (stays_.contains(word)) continue;
      for (size_t at = find_word(lower, word); at != lower.npos; at = find_word(lower, word, at + kStandIn.size())) {
        text.replace(at, word.size(), kStandIn);
        lower.replace(at, word.size(), kStandIn);
      }
    }
    return text;
  }

  void note(std::string_view key, std::string_view written) {
    if (auto value = json::parse(written))
      undescribed_.push_back({Undeclared::stored_name(key), Undeclared::example_of(*value)});
  }

  const Log& log_;
  const Mentions& mentions_;
  const std::string kind_;
  std::set<std::string> stays_;  ///< Lower case.
  std::vector<Identifier> gone_;
  bool has_changed_ = false;
  std::vector<Undescribed> undescribed_;
};

}  // namespace

Mentions::Mentions(std::span<const Identifier> own, Normal normal) : normal_(std::move(normal)) {
  for (const Identifier& id : own) {
    own_[id.kind].insert(id.value);
    std::string word = to_lower(trim(id.value));
    if (word.find('@') != word.npos || (word.size() >= kLongFrom && !is_number(word))) words_.push_back(word);
  }
  // A longer one may hold a shorter one.
  std::sort(words_.begin(), words_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

bool Mentions::has(std::string_view kind, std::string_view value) const {
  auto of_kind = own_.find(kind);
  if (of_kind == own_.end()) return false;
  if (of_kind->second.contains(std::string(value))) return true;
  auto same = normal_(kind, value);
  return same && of_kind->second.contains(*same);
}

std::optional<Mentions::Left> Mentions::left_of(const Log& log, const LogRow& row) const {
  Taking taking(log, *this, log.kind_name(row.kind));
  Left out;
  out.identifiers = taking.identifiers(row.identifiers);
  out.properties = taking.properties(row.properties);
  if (!taking.has_gone() && !taking.has_changed()) return std::nullopt;
  out.has_other_properties = taking.has_changed();
  out.gone = taking.undescribed();
  return out;
}

Result<TakenOut> take_out(db::Transaction& tx, const Log& log, const Mentions& mentions, std::span<const Seq> rows) {
  struct Rewritten {
    Seq seq;
    std::string kind;
    Mentions::Left left;
  };
  std::vector<Rewritten> all;
  TakenOut out;
  TRY(visit_rows(tx, rows, [&](const LogRow& row) {
    auto left = mentions.left_of(log, row);
    if (!left) return;
    if (left->has_other_properties) out.customers.insert(row.customer);
    all.push_back({row.seq, Undeclared::stored_name(log.kind_name(row.kind)), std::move(*left)});
  }));
  for (const Rewritten& row : all) {
    TRY(tx.run("events.rewrite_row",
               {{"seq", row.seq}, {"identifiers", row.left.identifiers}, {"properties", row.left.properties}}));
    for (const Undescribed& gone : row.left.gone)
      TRY(tx.run("events.clear_example", {{"kind", row.kind}, {"property", gone.property}, {"example", gone.example}}));
  }
  out.rows = static_cast<int64_t>(all.size());
  return out;
}

}  // namespace cairn::events
