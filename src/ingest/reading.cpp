#include "ingest/reading.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/encode.h"

namespace cairn::ingest {
namespace {

using json::Object;
using json::Value;

// Beyond one event's own bytes: the vectors and the row on its way.
constexpr size_t kEventOverhead = 256;
constexpr size_t kAgentBytes = 400;

std::string_view view(const auto& text) { return {text.data(), text.size()}; }

const Object* object_at(const Object* object, std::string_view key) {
  const Value* value = object ? json::find(*object, key) : nullptr;
  return value && value->is_object() ? &value->get_object() : nullptr;
}

/// What a browser runs on, from what it says of itself; empty when it says nothing.
std::string_view device_of(std::string_view user_agent) {
  auto has = [&](std::string_view word) { return user_agent.find(word) != user_agent.npos; };
  if (user_agent.empty()) return {};
  if (has("iPad") || has("Tablet") || (has("Android") && !has("Mobile"))) return "tablet";
  return has("Mobi") ? "mobile" : "desktop";
}

/// `analytics-node/2.1.0`.
std::string library_of(const Object* context) {
  const Object* library = object_at(context, "library");
  if (!library) return {};
  std::string name = excerpt(events::word_of(json::find(*library, "name")), 60);
  std::string version = excerpt(events::word_of(json::find(*library, "version")), 20);
  return version.empty() ? name : name + "/" + version;
}

std::optional<Time> sent_at(const Object& body) {
  const Value* value = json::find(body, "sentAt");
  if (!value) value = json::find(body, "sent_at");
  if (!value || !value->is_string()) return std::nullopt;
  auto time = parse_moment(view(value->get_string()), Zone());
  return time ? std::optional(*time) : std::nullopt;
}

size_t bytes_of(const events::NewEvent& event) {
  size_t bytes = sizeof(event) + kEventOverhead + event.kind.size() + event.source_key.size() + event.properties.size();
  for (const auto& id : event.identifiers) bytes += sizeof(id) + id.value.size();
  return bytes;
}

}  // namespace

std::string key_of_header(const http::Request& request) {
  std::string_view text = trim(request.header("Authorization").value_or(""));
  size_t space = text.find(' ');
  if (space == text.npos) return {};
  std::string scheme = to_lower(text.substr(0, space));
  std::string_view rest = trim(text.substr(space + 1));
  if (scheme == "bearer") return std::string(rest);
  if (scheme != "basic") return {};
  std::string padded(rest);
  while (padded.size() % 4 != 0) padded += '=';
  auto decoded = crypto::from_base64(padded);
  return decoded ? decoded->substr(0, decoded->find(':')) : std::string();
}

/// What the calls of one request share.
struct RequestReader::Frame {
  events::CallContext given;
  Verdict verdict;
  bool is_browser = false;
  std::string address, user_agent;  ///< A browser's.

  /// What a request tells of who sent it, beside its body.
  void came_from(const Source& source, const Rules& rules, std::string_view from, std::string_view agent) {
    is_browser = source.form == SourceForm::browser;
    verdict = rules.of_request(source.form, agent, from);
    if (!is_browser) return;
    address = from;
    user_agent = excerpt(agent, kAgentBytes);
    given.ip = address;
    given.device = device_of(user_agent);
  }
};

RequestReader::RequestReader(const Sources& sources, const Rules& rules, events::Undeclared& undeclared)
    : sources_(sources), rules_(rules), undeclared_(undeclared), generation_(undeclared.generation()) {
  calls_.properties().on_undeclared([this](std::string_view kind, std::string_view property, const Value& value) {
    if (undeclared_.knows(kind, property)) return true;
    names_.push_back(events::Undeclared::name_of(property, value));
    return false;
  });
}

void RequestReader::forget_old_names() {
  if (std::exchange(generation_, undeclared_.generation()) != generation_) calls_.properties().forget();
}

Result<std::shared_ptr<const Source>> RequestReader::source_of(const http::Request& request, const Object& body) {
  key_ = key_of_header(request);
  auto source = key_.empty() ? nullptr : sources_.of_key(key_);
  if (source) return source;
  // A sender with OAuth has a token in the header, and its write key in the body.
  if (const Value* key = json::find(body, "writeKey"); key && key->is_string()) {
    key_ = view(key->get_string());
    source = sources_.of_key(key_);
  }
  if (!source) {
    if (auto key = request.query_value("writeKey")) source = sources_.of_key(key_ = std::string(*key));
  }
  if (source) return source;
  if (key_.empty())
    return fail(Code::unauthenticated, "there is no write key, in the Authorization header or the body");
  return fail(Code::unauthenticated, "this write key is unknown, or no longer valid");
}

Result<Delivery> RequestReader::read(const http::Request& request, std::string_view type) {
  forget_old_names();
  key_.clear();
  const Value* document = TRY(json_.read(request.body));
  if (!document->is_object()) return fail(Code::invalid, "expected an object, found {}", json::describe(*document));
  const Object& body = document->get_object();
  auto source = TRY(source_of(request, body));

  Delivery delivery;
  delivery.source = source->id;
  delivery.is_trusted = source->is_trusted;
  delivery.received_at = request.received_at;
  delivery.is_checked = true;
  delivery.user_agent = request.header("User-Agent").value_or("");
  Frame frame;
  frame.came_from(*source, rules_, request.client_address, delivery.user_agent);
  frame.given.received_at = request.received_at;
  const Object* context = object_at(&body, "context");
  if (!type.empty()) {
    frame.given.type = type;
    delivery.library = library_of(context);
    add_call(*document, frame, delivery);
  } else {
    const Value* batch = json::find(body, "batch");
    if (!batch || !batch->is_array()) return fail_at("batch", "a batch has its calls in a list named `batch`");
    frame.given.context = context;
    frame.given.sent_at = sent_at(body);
    delivery.events.reserve(batch->get_array().size());
    for (const Value& call : batch->get_array()) {
      if (delivery.library.empty() && call.is_object())
        delivery.library = library_of(context ? context : object_at(&call.get_object(), "context"));
      add_call(call, frame, delivery);
    }
  }
  json_.clear();
  return delivery;
}

Result<Delivery> RequestReader::read_again(const Source& source, std::string_view body, Time received_at) {
  forget_old_names();
  const Value* document = TRY(json_.read(body));
  Delivery delivery;
  delivery.source = source.id;
  delivery.is_trusted = source.is_trusted;
  delivery.received_at = received_at;
  Frame frame;
  const Object* from = document->is_object() ? object_at(&document->get_object(), "receivedFrom") : nullptr;
  frame.came_from(source, rules_, from ? events::word_of(json::find(*from, "address")) : "",
                  from ? events::word_of(json::find(*from, "userAgent")) : "");
  frame.given.received_at = received_at;
  add_call(*document, frame, delivery);
  json_.clear();
  return delivery;
}

void RequestReader::add_call(const Value& call, const Frame& frame, Delivery& delivery) {
  if (!call.is_object()) {
    Error why{Code::invalid, "a call is an object, not " + json::describe(call), "batch"};
    return refuse(call, frame, why, delivery);
  }
  const Object& object = call.get_object();
  events::NewEvent event;
  names_.clear();
  auto read = calls_.read(object, frame.given, event);
  if (read) read = events::check_event(event);
  if (!read) return refuse(call, frame, read.error(), delivery);
  event.flags |= frame.verdict.flags_of(event.kind, event.identifiers, object_at(&object, "properties"),
                                        object_at(&object, "traits"));
  for (events::NewName& name : names_) {
    name.event = static_cast<uint32_t>(delivery.events.size());
    delivery.bytes += name.bytes();
    delivery.names.push_back(std::move(name));
  }
  delivery.bytes += bytes_of(event);
  delivery.events.push_back(std::move(event));
}

/// The call by itself: with what it had from its batch and its address, so that it can be read again alone.
void RequestReader::refuse(const Value& call, const Frame& frame, const Error& why, Delivery& delivery) {
  RefusedCall refused;
  refused.field = why.field;
  refused.reason = why.message;
  if (!call.is_object()) {
    refused.body = json::serialize(call);
  } else {
    Object whole(call.get_object(), {});
    whole.erase("writeKey");
    if (!frame.given.type.empty()) whole["type"] = boost::json::string_view(frame.given.type);
    if (frame.given.context) {
      Object merged = *frame.given.context;
      if (const Object* own = object_at(&whole, "context"))
        for (const auto& member : *own) merged[member.key()] = member.value();
      whole["context"] = std::move(merged);
    }
    if (frame.given.sent_at && !json::find(whole, "sentAt")) whole["sentAt"] = to_rfc3339(*frame.given.sent_at);
    whole["receivedAt"] = to_rfc3339(delivery.received_at);
    if (frame.is_browser) whole["receivedFrom"] = Object{{"address", frame.address}, {"userAgent", frame.user_agent}};
    refused.kind = events::word_of(json::find(whole, "event"));
    if (refused.kind.empty()) refused.kind = events::word_of(json::find(whole, "type"));
    json::serialize_to(refused.body, whole);
  }
  delivery.bytes += sizeof(refused) + refused.body.size() + refused.reason.size();
  delivery.refused.push_back(std::move(refused));
}

Readers::Lease::~Lease() {
  if (!reader_) return;
  std::lock_guard lock(readers_->mutex_);
  readers_->free_.push_back(std::move(reader_));
}

Readers::Lease Readers::take() {
  {
    std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      std::unique_ptr<RequestReader> reader = std::move(free_.back());
      free_.pop_back();
      return Lease(*this, std::move(reader));
    }
  }
  return Lease(*this, std::make_unique<RequestReader>(sources_, rules_, undeclared_));
}

}  // namespace cairn::ingest
