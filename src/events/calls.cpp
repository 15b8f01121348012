#include "events/calls.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/text.h"
#include "events/wording.h"
#include "json/scalar.h"

namespace cairn::events {
namespace {

using json::Object;
using json::Value;

constexpr size_t kMostCached = 10'000;

std::string_view view(const auto& text) { return {text.data(), text.size()}; }

const Object* object_at(const Object* object, std::string_view key) {
  const Value* value = object ? json::find(*object, key) : nullptr;
  return value && value->is_object() ? &value->get_object() : nullptr;
}

/// By its name in JavaScript, else as other languages write it.
const Value* either(const Object& object, std::string_view camel, std::string_view snake) {
  const Value* value = json::find(object, camel);
  return value && !value->is_null() ? value : json::find(object, snake);
}

/// What of a call's context is worth a property: where in the context, and its name.
struct ContextProperty {
  std::string_view key, name;
};
constexpr ContextProperty kPage[] = {{"path", "path"}, {"title", "title"}, {"url", "url"}, {"referrer", "referrer"}};
constexpr ContextProperty kCampaign[] = {{"name", "campaign_name"},
                                         {"source", "campaign_source"},
                                         {"medium", "campaign_medium"},
                                         {"term", "campaign_term"},
                                         {"content", "campaign_content"}};
constexpr ContextProperty kDevice[] = {{"type", "device"}};
constexpr ContextProperty kOs[] = {{"name", "os"}};
constexpr ContextProperty kTop[] = {
    {"locale", "locale"}, {"ip", "ip"}, {"channel", "channel"}, {"sessionId", "session_id"}};

/// What the visitor of a banner answered, by category: `analytics=1 marketing=0`, in the order of the names. Names are
/// in lower case, of letters, digits, `_`, `-` and `.`; a no and a yes to one name are a no.
class BannerAnswers {
 public:
  void add(std::string_view category, bool is_yes) {
    constexpr size_t kCategories = 30, kNameBytes = 40;
    std::string name = to_lower(trim(category));
    if (name.empty() || name.size() > kNameBytes) return;
    for (char& c : name)
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) c = '_';
    if (auto known = answers_.find(name); known != answers_.end()) known->second = known->second && is_yes;
    else if (answers_.size() < kCategories) answers_.emplace(std::move(name), is_yes);
  }
  /// Of Segment's libraries: a member a category; what is no yes or no is left out.
  void add_members(const Object* categories) {
    if (!categories) return;
    for (const auto& member : *categories)
      if (member.value().is_bool()) add(view(member.key()), member.value().get_bool());
  }
  /// Of RudderStack's libraries: a list of those that were allowed and one of those that were denied.
  void add_list(const Object* management, std::string_view list, bool is_yes) {
    const Value* ids = management ? json::find(*management, list) : nullptr;
    if (!ids || !ids->is_array()) return;
    for (const Value& id : ids->get_array())
      if (id.is_string()) add(view(id.get_string()), is_yes);
  }
  std::string text() const {
    std::string out;
    for (const auto& [name, is_yes] : answers_) out += fmt::format("{}{}={:d}", out.empty() ? "" : " ", name, is_yes);
    return out;
  }

 private:
  std::map<std::string, bool> answers_;
};

/// The kind of a call by its type; empty for `track`, which names it itself.
std::optional<std::string_view> kind_of_call(std::string_view type) {
  if (type == "track") return "";
  if (type == "page") return "Page Viewed";
  if (type == "identify" || type == "alias") return "Customer Updated";
  if (type == "screen") return "Screen Viewed";
  if (type == "group") return "Group Joined";
  return std::nullopt;
}

Result<Time> time_of(const Value* value, std::string_view name, const Zone& zone) {
  std::string text = word_of(value);
  if (says_nothing(text)) return fail_at(std::string(name), "there is no time");
  auto time = parse_when(text, zone);
  if (!time) return fail_at(std::string(name), "{}", time.error().message);
  return *time;
}

}  // namespace

bool may_have_answers(std::string_view properties) {
  return ::memmem(properties.data(), properties.size(), kConsentCategories.data(), kConsentCategories.size()) !=
         nullptr;
}

bool is_call_type(std::string_view type) { return kind_of_call(type).has_value(); }

std::string word_of(const Value* value) {
  if (!value) return {};
  if (value->is_string()) return std::string(trim(view(value->get_string())));
  if (value->is_int64() || value->is_uint64()) return json::serialize(*value);
  // 7.0 is the number 7: it is kept as `7` in what was refused, too.
  auto whole = json::whole_of(*value);
  return whole ? std::to_string(*whole) : std::string();
}

void add_identifier(std::vector<Identifier>& to, std::string kind, std::string value) {
  if (says_nothing(value)) return;
  if (kind == "email") value = to_lower(value);
  Identifier identifier{std::move(kind), std::move(value)};
  if (std::find(to.begin(), to.end(), identifier) == to.end()) to.push_back(std::move(identifier));
}

std::string call_of(const NewEvent& event) {
  std::string out = R"({"type":"track","event":)";
  auto text = [&out](std::string_view name, std::string_view value) {
    out += fmt::format(R"(,"{}":)", name);
    json::append_text(out, value);
  };
  json::append_text(out, event.kind);
  if (!event.source_key.empty()) text("messageId", event.source_key);
  text("timestamp", to_rfc3339(event.occurred_at));
  for (const Identifier& id : event.identifiers) {
    if (id.kind == "user_id") text("userId", id.value);
    if (id.kind == "anonymous_id") text("anonymousId", id.value);
  }
  out += R"(,"properties":)" + event.properties + "}";
  return out;
}

namespace {

/// One that is said by the way: when it is none, the event is as good without it.
void add_aside(std::vector<Identifier>& to, std::string kind, std::string value) {
  if (check_identifier({kind, value})) add_identifier(to, std::move(kind), std::move(value));
}

/// What people are known by and call a trait.
void add_traits(const Object& traits, std::vector<Identifier>& to) {
  add_aside(to, "email", word_of(json::find(traits, "email")));
  add_aside(to, "phone", word_of(json::find(traits, "phone")));
  add_aside(to, "card", word_of(either(traits, "loyaltyCard", "loyalty_card")));
}

/// `context.traits`, and `context.externalIds` in Segment's form: `[{"id": "7", "type": "crm", …}]`.
void add_context(const Object& context, std::vector<Identifier>& to) {
  if (const Object* traits = object_at(&context, "traits")) add_traits(*traits, to);
  const Value* list = either(context, "externalIds", "external_ids");
  if (!list || !list->is_array()) return;
  constexpr std::array<std::string_view, 5> kOwn = {"user_id", "email", "phone", "card", "anonymous_id"};
  for (const Value& one : list->get_array()) {
    if (!one.is_object()) continue;
    std::string type = to_snake(word_of(json::find(one.get_object(), "type")));
    if (type.empty()) continue;
    bool is_own = std::find(kOwn.begin(), kOwn.end(), type) != kOwn.end();
    add_aside(to, is_own ? type : "external:" + type, word_of(json::find(one.get_object(), "id")));
  }
}

}  // namespace

/// One call, taken apart.
struct CallReader::Parts {
  std::string_view type;
  std::string_view kind;
  const Value* time = nullptr;
  std::string_view time_key = "timestamp";
  bool is_final = false;               ///< The time is not by the clock of `sentAt`: somebody has put it right.
  const Object* properties = nullptr;  ///< `properties` or `traits`.
  const Object* context = nullptr;
  std::array<std::pair<std::string_view, const Value*>, 3> beside{};  ///< Properties next to the known keys.
  bool is_traits = false;
};

const std::string& CallReader::kind_named(std::string_view name) {
  scratch_.assign(name);
  auto it = kinds_.find(scratch_);
  if (it != kinds_.end()) return it->second;
  if (kinds_.size() >= kMostCached) kinds_.clear();
  return kinds_.emplace(scratch_, kind_of(name)).first->second;
}

Result<void> CallReader::take_apart(const Object& call, Parts& parts) {
  auto kind = kind_of_call(parts.type);
  if (!kind)
    return fail_at("type", "'{}' is no type of call; known are track, identify, page, screen, group and alias",
                   excerpt(parts.type, 40));
  parts.kind = *kind;
  if (kind->empty()) {
    const Value* name = json::find(call, "event");
    std::string_view text = name && name->is_string() ? trim(view(name->get_string())) : std::string_view();
    if (says_nothing(text)) return fail_at("event", "it does not say what happened");
    parts.kind = kind_named(text);
  }
  // Of a sender that gives both, `timestamp` is final: RudderStack's when its caller named a time, Segment's own when
  // the call was forwarded. `originalTimestamp` alone is by the clock of `sentAt`, as `timestamp` alone is.
  const Value* original = either(call, "originalTimestamp", "original_timestamp");
  bool has_original = original && !original->is_null();
  parts.time = json::find(call, "timestamp");
  parts.is_final = has_original && parts.time && !parts.time->is_null();
  if (has_original && !parts.is_final) {
    parts.time = original;
    parts.time_key = "originalTimestamp";
  }
  parts.is_traits = parts.type == "identify" || parts.type == "group";
  parts.properties = object_at(&call, parts.is_traits ? "traits" : "properties");
  parts.context = object_at(&call, "context");
  // RudderStack's packages for pages have what an identify says in the context alone.
  if (parts.type == "identify" && (!parts.properties || parts.properties->empty()))
    parts.properties = object_at(parts.context, "traits");
  parts.beside = {{{"group_id", parts.type == "group" ? either(call, "groupId", "group_id") : nullptr},
                   {"name", json::find(call, "name")},
                   {"category", json::find(call, "category")}}};
  return {};
}

Result<void> CallReader::read(const Object& call, const CallContext& given, NewEvent& event) {
  Parts parts;
  std::string own_type;
  parts.type = given.type;
  if (parts.type.empty()) {
    own_type = to_lower(word_of(json::find(call, "type")));
    if (own_type.empty()) return fail_at("type", "it does not say which call it is");
    parts.type = own_type;
  }
  TRY(take_apart(call, parts));
  event.source_key = word_of(either(call, "messageId", "message_id"));
  if (says_nothing(event.source_key)) event.source_key.clear();

  event.identifiers.clear();
  add_identifier(event.identifiers, "user_id", word_of(either(call, "userId", "user_id")));
  if (parts.type == "identify" && parts.properties) {
    add_identifier(event.identifiers, "email", word_of(json::find(*parts.properties, "email")));
    add_traits(*parts.properties, event.identifiers);
  }
  if (parts.context) add_context(*parts.context, event.identifiers);
  add_identifier(event.identifiers, "anonymous_id", word_of(either(call, "anonymousId", "anonymous_id")));
  if (parts.type == "alias")
    add_identifier(event.identifiers, "anonymous_id", word_of(either(call, "previousId", "previous_id")));
  if (event.identifiers.empty()) return fail_at("userId", "nothing says who it was: send a userId or an anonymousId");

  bool has_time = parts.time && !parts.time->is_null();
  if (!has_time && !given.received_at) return fail_at("timestamp", "there is no time");
  event.occurred_at = has_time ? TRY(time_of(parts.time, parts.time_key, given.zone)) : *given.received_at;
  if (given.received_at) {
    auto own_sent = either(call, "sentAt", "sent_at");
    std::optional<Time> sent = given.sent_at;
    if (own_sent && !own_sent->is_null())
      if (auto time = time_of(own_sent, "sentAt", given.zone)) sent = *time;
    if (sent && has_time && !parts.is_final) event.occurred_at = *given.received_at - (*sent - event.occurred_at);
    event.occurred_at = std::min(event.occurred_at, *given.received_at);
  }
  event.kind = parts.kind;
  write_properties(parts, given, event);
  return {};
}

void CallReader::write_properties(const Parts& parts, const CallContext& given, NewEvent& event) {
  writer_.begin(event.kind, event.properties);
  if (parts.properties)
    for (const auto& member : *parts.properties) writer_.add(view(member.key()), member.value(), parts.is_traits);
  for (const auto& [name, value] : parts.beside)
    if (value) writer_.add(name, *value);
  write_context(parts.context, given.context);
  writer_.add_text("ip", given.ip);
  writer_.add_text("device", given.device);
  writer_.end();
}

void CallReader::write_context(const Object* own, const Object* batch) {
  if (!own && !batch) return;
  auto write = [&](const Object* from, const auto& list) {
    if (!from) return;
    for (const ContextProperty& property : list)
      if (const Value* value = json::find(*from, property.key); value && value->is_string())
        writer_.add(property.name, *value);
  };
  auto inside = [&](std::string_view key) {
    const Object* found = object_at(own, key);
    return found ? found : object_at(batch, key);
  };
  write(inside("page"), kPage);
  write(inside("campaign"), kCampaign);
  write(inside("device"), kDevice);
  write(inside("os"), kOs);
  write(own, kTop);
  write(batch, kTop);
  BannerAnswers answers;
  answers.add_members(object_at(inside("consent"), "categoryPreferences"));
  const Object* management = inside("consentManagement");
  answers.add_list(management, "allowedConsentIds", true);
  answers.add_list(management, "deniedConsentIds", false);
  writer_.add_text(kConsentCategories, answers.text());
}

}  // namespace cairn::events
