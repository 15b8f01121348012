#include "i18n/words.h"

#include "base/check.h"
#include "base/resource.h"
#include "i18n/french.h"
#include "json/value.h"

CAIRN_RESOURCES(words_files)

namespace cairn::i18n {
namespace {

std::string fill(std::string_view text, Args args) {
  std::string out;
  while (!text.empty()) {
    size_t open = text.find('{');
    size_t close = text.find('}', open == text.npos ? 0 : open);
    if (open == text.npos || close == text.npos) break;
    std::string_view name = text.substr(open + 1, close - open - 1);
    const Arg* arg = std::find_if(args.begin(), args.end(), [&](const Arg& a) { return a.name == name; });
    out += text.substr(0, open);
    out += arg == args.end() ? text.substr(open, close + 1 - open) : arg->value;
    text.remove_prefix(close + 1);
  }
  return out.append(text);
}

bool is_one(Language language, int64_t n) { return language == Language::fr ? n > -2 && n < 2 : n == 1; }

}  // namespace

Words::Words(Language language) : language_(language) {
  std::string ending = fmt::format("/words.{}.json", json::enum_name(language));
  auto prepare = [&](std::string_view text) {
    return language_ == Language::fr ? french_spaces(text) : std::string(text);
  };
  for (const ResourceEntry& file : words_files().all()) {
    if (!std::string_view(file.name).ends_with(ending)) continue;
    auto words = json::parse_object({file.begin, static_cast<size_t>(file.end - file.begin)});
    CHECK(words, "{}: {}", file.name, words.error().message);
    for (const auto& word : *words) {
      Entry entry;
      if (word.value().is_string()) {
        entry.other = prepare(*json::text_at(*words, std::string_view(word.key().data(), word.key().size())));
      } else {
        CHECK(word.value().is_object(), "{}: {}", file.name, std::string_view(word.key().data(), word.key().size()));
        auto one = json::text_at(word.value().get_object(), "one");
        auto other = json::text_at(word.value().get_object(), "other");
        CHECK(one && other, "{}: {} needs one and other", file.name,
              std::string_view(word.key().data(), word.key().size()));
        entry = {prepare(*one), prepare(*other)};
      }
      entries_.insert_or_assign(std::string(word.key().data(), word.key().size()), std::move(entry));
    }
  }
}

const Words& Words::in(Language language) {
  static const Words english(Language::en);
  static const Words french(Language::fr);
  return language == Language::fr ? french : english;
}

const Words::Entry* Words::find(std::string_view key) const {
  auto at = entries_.find(key);
  return at == entries_.end() ? nullptr : &at->second;
}

std::string Words::text(std::string_view key, Args args) const {
  const Entry* entry = find(key);
  return entry ? fill(entry->other, args) : std::string(key);
}

std::string Words::plural(std::string_view key, int64_t n, Args args) const {
  const Entry* entry = find(key);
  if (!entry) return std::string(key);
  bool one = is_one(language_, n) && !entry->one.empty();
  // The number first, so that a value holding {n} is left alone.
  std::string numbered = fill(one ? entry->one : entry->other, {{"n", integer(n)}});
  return fill(numbered, args);
}

}  // namespace cairn::i18n
