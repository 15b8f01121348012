#include "base/text.h"
#include "ingest/refused.h"
#include "json/codec.h"

namespace cairn::ingest {
namespace {

boost::json::string_view key_of(std::string_view text) { return {text.data(), text.size()}; }

/// The object that holds the last part of the path; null when it is not there (or made, with `makes`).
Result<json::Object*> holder_of(json::Object& root, const std::vector<std::string_view>& path, std::string_view text,
                                json::Object* (*missing)(json::Object&, std::string_view)) {
  json::Object* at = &root;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    auto found = at->find(key_of(path[i]));
    if (found == at->end() || found->value().is_null()) {
      at = missing(*at, path[i]);
      if (!at) return nullptr;
    } else if (found->value().is_object()) {
      at = &found->value().get_object();
    } else {
      return fail_at("rename", "'{}' leads through '{}', which is no object", text, path[i]);
    }
  }
  return at;
}

bool is_empty(const json::Value& value) { return value.is_null() || (value.is_string() && value.get_string().empty()); }

Result<void> rename(json::Object& call, const std::string& from, const std::string& to) {
  auto from_path = split(from, '.'), to_path = split(to, '.');
  for (auto* path : {&from_path, &to_path})
    for (std::string_view part : *path)
      if (part.empty()) return fail_at("rename", "'{}' → '{}': a path is names with dots between them", from, to);
  auto* source =
      TRY(holder_of(call, from_path, from, [](json::Object&, std::string_view) -> json::Object* { return nullptr; }));
  if (!source) return {};
  auto found = source->find(key_of(from_path.back()));
  if (found == source->end() || from == to) return {};  // not every call has it
  json::Value value = std::move(found->value());
  source->erase(found);
  auto* target = TRY(holder_of(call, to_path, to, [](json::Object& object, std::string_view name) {
    return &(object[key_of(name)] = json::Object()).get_object();
  }));
  json::Value& place = (*target)[key_of(to_path.back())];
  if (!is_empty(place)) return fail_at("rename", "'{}' has a value already; '{}' would overwrite it", to, from);
  place = std::move(value);
  return {};
}

/// RFC 7386, section 2.
void merge(json::Value& target, const json::Value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::Object();
  for (const auto& member : patch.get_object()) {
    if (member.value().is_null()) target.get_object().erase(member.key());
    else merge(target.get_object()[member.key()], member.value());
  }
}

}  // namespace

Result<std::string> mended(std::string_view body, const Mend& mend) {
  json::Value call = TRY(json::parse_object(body));
  for (const auto& [from, to] : mend.rename) TRY(rename(call.get_object(), from, to));
  if (mend.merge) merge(call, *mend.merge);
  return json::serialize(call);
}

}  // namespace cairn::ingest
