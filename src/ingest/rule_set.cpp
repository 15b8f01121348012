// Rules made ready for 100,000 events a second: values in lower case, grouped by what they look at; names of
// properties behind a filter of 256 bits, so that an event's properties are walked once and hardly compared.
#include <algorithm>
#include <array>
#include <bitset>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "events/model.h"
#include "ingest/network.h"
#include "ingest/rules.h"

namespace cairn::ingest {
namespace {

constexpr size_t kRulesMax = 100;
constexpr size_t kValuesMax = 500;
constexpr size_t kTextMax = 200;
constexpr std::string_view kPropertyPrefix = "property:";

uint32_t flag_of(Apart apart) {
  switch (apart) {
    case Apart::bot: return events::kBot;
    case Apart::staff: return events::kStaff;
    case Apart::test: return events::kTest;
  }
  return 0;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// `text` in any case, `value` in lower case.
bool equals(std::string_view text, std::string_view value) {
  return text.size() == value.size() &&
         std::equal(text.begin(), text.end(), value.begin(), [](char a, char b) { return lower(a) == b; });
}

bool contains(std::string_view text, std::string_view value) {
  for (size_t at = 0; at + value.size() <= text.size(); ++at)
    if (lower(text[at]) == value[0] && equals(text.substr(at, value.size()), value)) return true;
  return false;
}

/// REQUIRES: a value.
bool holds(RuleOp op, std::string_view text, std::string_view value) {
  switch (op) {
    case RuleOp::contains: return contains(text, value);
    case RuleOp::equals: return equals(text, value);
    case RuleOp::starts_with: return text.size() >= value.size() && equals(text.substr(0, value.size()), value);
    case RuleOp::ends_with:
      return text.size() >= value.size() && lower(text.back()) == value.back() &&
             equals(text.substr(text.size() - value.size()), value);
    case RuleOp::in_network:
    case RuleOp::is_true: return false;
  }
  return false;
}

/// One value of a rule, ready to compare.
struct Needle {
  RuleOp op = RuleOp::contains;
  std::string value;  // in lower case
  Network network;    // of in_network
  uint32_t flag = 0;
  size_t rule = 0;  // which one, and which of its values
  size_t place = 0;
};
using Needles = std::vector<Needle>;

bool holds_for_text(const Needle& needle, std::string_view text) {
  if (needle.op != RuleOp::in_network) return holds(needle.op, text, needle.value);
  auto address = parse_address(text);
  return address && needle.network.contains(*address);
}

bool is_true(const json::Value& value) {
  if (value.is_bool()) return value.get_bool();
  if (value.is_int64()) return value.get_int64() == 1;
  if (!value.is_string()) return false;
  std::string_view text(value.get_string().data(), value.get_string().size());
  return equals(text, "true") || equals(text, "yes") || text == "1";
}

bool holds_for_value(const Needle& needle, const json::Value& value) {
  if (needle.op == RuleOp::is_true) return is_true(value);
  if (value.is_string()) return holds_for_text(needle, {value.get_string().data(), value.get_string().size()});
  if (value.is_int64()) {
    std::array<char, 24> digits{};
    auto end = fmt::format_to(digits.data(), "{}", value.get_int64());
    return holds_for_text(needle, {digits.data(), static_cast<size_t>(end - digits.data())});
  }
  return false;
}

/// A user agent against many values: at each place only those that begin with the two characters that stand there.
class Agents {
 public:
  void add(Needle needle) {
    if (needle.op != RuleOp::contains || needle.value.size() < 2) return other_.push_back(std::move(needle));
    size_t start = start_of(needle.value);
    starts_.set(start);
    contained_[start].push_back(std::move(needle));
  }
  template <class Hit>
  void each(std::string_view text, const Hit& hit) const {
    for (const Needle& needle : other_)
      if (holds_for_text(needle, text)) hit(needle);
    if (contained_.empty() || text.size() < 2) return;
    std::string low = to_lower(text);
    for (size_t at = 0; at + 1 < low.size(); ++at) {
      std::string_view rest = std::string_view(low).substr(at);
      if (!starts_.test(start_of(rest))) continue;
      for (const Needle& needle : contained_.find(start_of(rest))->second)
        if (rest.starts_with(needle.value)) hit(needle);
    }
  }

 private:
  static size_t start_of(std::string_view text) {
    return static_cast<size_t>(static_cast<unsigned char>(text[0])) << 8 | static_cast<unsigned char>(text[1]);
  }
  std::bitset<65536> starts_;
  std::unordered_map<size_t, Needles> contained_;  // by start
  Needles other_;
};

/// Properties by name, behind a filter of their length and first character.
class Watched {
 public:
  void add(std::string_view name, const Needle& needle) {
    filter_.set(mark_of(name));
    auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& n) { return n.name == name; });
    if (found == names_.end()) found = names_.insert(names_.end(), {std::string(name), {}});
    found->needles.push_back(needle);
  }
  bool is_empty() const { return names_.empty(); }
  template <class Hit>
  void each(const json::Object& object, const Hit& hit) const {
    for (const auto& member : object) {
      std::string_view key(member.key().data(), member.key().size());
      if (!filter_.test(mark_of(key))) continue;
      for (const Name& name : names_)
        if (name.name == key) {
          for (const Needle& needle : name.needles)
            if (holds_for_value(needle, member.value())) hit(needle);
        }
    }
  }

 private:
  struct Name {
    std::string name;
    Needles needles;
  };
  static size_t mark_of(std::string_view name) {
    if (name.empty()) return 0;
    return (static_cast<unsigned char>(name[0]) * 7 + static_cast<unsigned char>(name.back()) * 31 + name.size() * 13) &
           1023;
  }
  std::bitset<1024> filter_;
  std::vector<Name> names_;
};

tl::unexpected<Error> fail_rule(size_t index, const Rule& rule, std::string_view member, std::string_view what) {
  std::string name = rule.name.empty() ? fmt::format("number {}", index + 1) : fmt::format("'{}'", to_utf8(rule.name));
  return fail_at(fmt::format("rules[{}].{}", index, member), "the rule {}: {}", name, what);
}

bool is_text_op(RuleOp op) { return op != RuleOp::in_network && op != RuleOp::is_true; }

Result<void> check_field(size_t index, const Rule& rule) {
  std::string_view field = rule.field;
  if (field.starts_with(kPropertyPrefix)) {
    std::string_view name = field.substr(kPropertyPrefix.size());
    if (name.empty() || name.size() > kTextMax)
      return fail_rule(index, rule, "field", "`property:` wants the property's name behind it, like property:coupon");
    return {};
  }
  if (field == "ip") {
    if (rule.op == RuleOp::in_network || rule.op == RuleOp::equals) return {};
    return fail_rule(index, rule, "op", "an address is compared by in_network or equals");
  }
  if (field == "user_agent" || field == "email" || field == "identifier" || field == "kind") {
    if (is_text_op(rule.op)) return {};
    return fail_rule(index, rule, "op",
                     fmt::format("{} is text: it is compared by contains, equals, starts_with or ends_with", field));
  }
  return fail_rule(index, rule, "field",
                   fmt::format("'{}' is nothing that a rule can look at; it may be user_agent, ip, email, identifier, "
                               "kind or property:NAME",
                               excerpt(field, 60)));
}

Result<void> check_value(size_t index, const Rule& rule, size_t place) {
  const std::string& value = rule.values[place];
  std::string member = fmt::format("values[{}]", place);
  if (trim(value).empty() || length(value) > kTextMax)
    return fail_rule(index, rule, member, fmt::format("a value has 1 to {} characters", kTextMax));
  if (trim(value) != value) return fail_rule(index, rule, member, "a value with white space at an end never matches");
  if (rule.op == RuleOp::in_network && !parse_network(value))
    return fail_rule(index, rule, member,
                     fmt::format("'{}' is no address or network, like 203.0.113.7 or 203.0.113.0/24", to_utf8(value)));
  bool is_part = rule.op != RuleOp::equals && is_text_op(rule.op);
  if (is_part && value.size() < 2)
    return fail_rule(index, rule, member, fmt::format("'{}' alone would match nearly everything", to_utf8(value)));
  return {};
}

Result<void> check_rule(size_t index, const Rule& rule) {
  if (trim(rule.name).empty() || length(rule.name) > 80)
    return fail_rule(index, rule, "name", "a rule has a name of 1 to 80 characters");
  TRY(check_field(index, rule));
  if (rule.op == RuleOp::is_true && !rule.values.empty())
    return fail_rule(index, rule, "values", "is_true compares with nothing; leave the values away");
  if (rule.values.size() > kValuesMax)
    return fail_rule(index, rule, "values", fmt::format("at most {} values in one rule", kValuesMax));
  for (size_t place = 0; place < rule.values.size(); ++place) TRY(check_value(index, rule, place));
  return {};
}

class Compiled final : public RuleSet {
 public:
  explicit Compiled(std::vector<Rule> rules) : rules_(std::move(rules)) {
    for (size_t i = 0; i < rules_.size(); ++i)
      if (rules_[i].is_enabled) add(i);
  }
  const std::vector<Rule>& rules() const override { return rules_; }

  uint32_t of_request(std::string_view user_agent, std::string_view ip) const override {
    uint32_t flags = 0;
    each_of_request(user_agent, ip, [&](const Needle& needle) { flags |= needle.flag; });
    return flags;
  }

  uint32_t flags_of(const Facts& facts) const override {
    uint32_t flags = facts.request_flags;
    each_of_event(facts, [&](const Needle& needle) { flags |= needle.flag; });
    return flags;
  }

  std::vector<Match> explain(std::string_view user_agent, std::string_view ip, const Facts& facts) const override {
    std::set<std::pair<size_t, size_t>> hits;  // rule and value, in the order of the rules
    auto hit = [&](const Needle& needle) { hits.emplace(needle.rule, needle.place); };
    each_of_request(user_agent, ip, hit);
    each_of_event(facts, hit);
    std::vector<Match> out;
    for (auto [index, place] : hits) {
      const Rule& rule = rules_[index];
      out.push_back({rule.name, rule.sets_apart, rule.field, rule.values.empty() ? "" : rule.values[place]});
    }
    return out;
  }

 private:
  void add(size_t index) {
    const Rule& rule = rules_[index];
    Needle needle;
    needle.op = rule.op;
    needle.flag = flag_of(rule.sets_apart);
    needle.rule = index;
    if (rule.op == RuleOp::is_true) return add(rule.field, needle);
    for (size_t place = 0; place < rule.values.size(); ++place) {
      needle.value = to_lower(rule.values[place]);
      needle.place = place;
      if (rule.op == RuleOp::in_network) needle.network = parse_network(needle.value).value_or(Network());
      add(rule.field, needle);
    }
  }

  void add(std::string_view field, const Needle& needle) {
    if (field == "user_agent") return agents_.add(needle);
    if (field == "kind") return kinds_.push_back(needle);
    if (field == "identifier") return identifiers_.push_back(needle);
    if (field == "email") {
      emails_.push_back(needle);
      return watched_.add("email", needle);
    }
    if (field != "ip") return watched_.add(field.substr(kPropertyPrefix.size()), needle);
    Needle network = needle;  // two spellings of one address are equal
    network.network = parse_network(needle.value).value_or(Network());
    network.op = parse_network(needle.value) ? RuleOp::in_network : RuleOp::equals;
    addresses_.push_back(network);
  }

  template <class Hit>
  void each_of_request(std::string_view user_agent, std::string_view ip, const Hit& hit) const {
    agents_.each(user_agent, hit);
    if (ip.empty()) return;
    for (const Needle& needle : addresses_)
      if (holds_for_text(needle, ip)) hit(needle);
  }

  template <class Hit>
  void each_of_event(const Facts& facts, const Hit& hit) const {
    for (const Needle& needle : kinds_)
      if (holds_for_text(needle, facts.kind)) hit(needle);
    for (const events::Identifier& identifier : facts.identifiers) {
      for (const Needle& needle : identifiers_)
        if (holds_for_text(needle, identifier.value)) hit(needle);
      if (identifier.kind != "email") continue;
      for (const Needle& needle : emails_)
        if (holds_for_text(needle, identifier.value)) hit(needle);
    }
    if (watched_.is_empty()) return;
    if (facts.properties) watched_.each(*facts.properties, hit);
    if (facts.traits) watched_.each(*facts.traits, hit);
  }

  std::vector<Rule> rules_;
  Agents agents_;
  Needles addresses_, kinds_, identifiers_, emails_;
  Watched watched_;
};

}  // namespace

Result<std::shared_ptr<const RuleSet>> RuleSet::make(std::vector<Rule> rules) {
  if (rules.size() > kRulesMax) return fail_at("rules", "at most {} rules", kRulesMax);
  std::set<std::string_view> names;
  for (size_t i = 0; i < rules.size(); ++i) {
    TRY(check_rule(i, rules[i]));
    if (!names.insert(rules[i].name).second) return fail_rule(i, rules[i], "name", "another rule has this name");
  }
  return std::make_shared<const Compiled>(std::move(rules));
}

}  // namespace cairn::ingest
