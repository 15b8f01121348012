#include "i18n/words.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

#include "base/file.h"
#include "i18n/french.h"
#include "json/value.h"

namespace cairn::i18n {
namespace {

const Words& en() { return Words::in(Language::en); }
const Words& fr() { return Words::in(Language::fr); }

std::vector<std::string> modules() {
  std::string src = join_path(CAIRN_SOURCE_DIR, "src");
  std::vector<std::string> paths;
  auto names = system_files().list(src);
  for (const std::string& name : names.value())
    if (system_files().is_directory(join_path(src, name))) paths.push_back(join_path(src, name));
  return paths;
}

json::Object words_of(const std::string& path) {
  auto text = system_files().read(path);
  EXPECT_TRUE(text) << path << " is missing";
  if (!text) return {};
  auto words = json::parse_object(*text);
  EXPECT_TRUE(words) << path << ": " << words.error().message;
  return words ? *words : json::Object();
}

std::multiset<std::string> placeholders(const json::Value& value) {
  std::multiset<std::string> names;
  std::string text = json::serialize(value.is_object() ? value.get_object().at("other") : value);
  static const std::regex kPlaceholder(R"(\{([a-z_0-9]+)\})");
  for (std::sregex_iterator at(text.begin(), text.end(), kPlaceholder), end; at != end; ++at) names.insert((*at)[1]);
  return names;
}

TEST(WordFiles, FrenchAndEnglishSayTheSameThings) {
  size_t keys = 0;
  for (const std::string& module : modules()) {
    bool has_english = system_files().exists(module + "/words.en.json");
    if (!has_english && !system_files().exists(module + "/words.fr.json")) continue;
    json::Object english = words_of(module + "/words.en.json");
    json::Object french = words_of(module + "/words.fr.json");
    std::string prefix = std::string(base_name(module)) + ".";
    for (const auto& word : english) {
      std::string key(word.key().data(), word.key().size());
      ++keys;
      EXPECT_TRUE(key.starts_with(prefix)) << key << " must begin with " << prefix;
      const json::Value* other = json::find(french, key);
      ASSERT_NE(other, nullptr) << key << " has no French";
      EXPECT_EQ(other->is_object(), word.value().is_object()) << key << ": plural in one language only";
      EXPECT_EQ(placeholders(*other), placeholders(word.value())) << key << ": other placeholders";
      EXPECT_NE(json::serialize(*other), "\"\"") << key;
    }
    for (const auto& word : french)
      EXPECT_NE(english.if_contains(word.key()), nullptr) << word.key() << " has no English";
  }
  EXPECT_GT(keys, 20u) << "no words were found";
}

/// Keys written out in the sources, like text("report.title") or plural("i18n.days", …).
void scan(const std::string& directory, std::set<std::string>& keys) {
  static const std::regex kUse(R"rx(\b(?:text|plural)\(\s*"([a-z0-9_]+(?:\.[a-z0-9_]+)+)")rx");
  auto names = system_files().list(directory);
  for (const std::string& name : names.value()) {
    std::string path = join_path(directory, name);
    if (system_files().is_directory(path)) scan(path, keys);
    bool source = (name.ends_with(".cpp") || name.ends_with(".h")) && !name.ends_with("_test.cpp");
    if (!source || name == "words.h") continue;
    std::string text = *system_files().read(path);
    for (std::sregex_iterator at(text.begin(), text.end(), kUse), end; at != end; ++at) keys.insert((*at)[1]);
  }
}

TEST(WordFiles, EveryKeyThatASourceNamesExists) {
  std::set<std::string> keys;
  scan(join_path(CAIRN_SOURCE_DIR, "src"), keys);
  EXPECT_TRUE(keys.contains("i18n.milliseconds")) << "the scan finds nothing";
  for (const std::string& key : keys)
    EXPECT_TRUE(en().has(key)) << key << " is said by a source, and by no words.en.json";
}

TEST(Words, FillAndPlural) {
  EXPECT_EQ(en().text("no.such_key"), "no.such_key");
  EXPECT_EQ(en().plural("no.such_key", 2), "no.such_key");
  EXPECT_EQ(en().text("i18n.month.8"), "August");
  EXPECT_EQ(en().text("i18n.days", {{"n", "{n}"}}), "{n} days");
  EXPECT_EQ(en().text("i18n.days"), "{n} days");
  EXPECT_EQ(en().plural("i18n.days", 1), "1 day");
  EXPECT_EQ(en().plural("i18n.days", 0), "0 days");
  EXPECT_EQ(fr().plural("i18n.days", 0), "0 jour");
  EXPECT_EQ(fr().plural("i18n.days", 1), "1 jour");
  EXPECT_EQ(fr().plural("i18n.days", 1234), "1\u202F234 jours");
}

TEST(Words, Numbers) {
  EXPECT_EQ(en().number(1234567.891, 2), "1,234,567.89");
  EXPECT_EQ(fr().number(1234567.891, 2), "1\u202F234\u202F567,89");
  EXPECT_EQ(en().number(999.96, 1), "1,000.0");
  EXPECT_EQ(en().number(-0.04, 1), "0.0");
  EXPECT_EQ(en().number(-1234.5, 0), "-1,234");
  EXPECT_EQ(en().number(std::nan(""), 1), "–");
  EXPECT_EQ(en().integer(INT64_MIN), "-9,223,372,036,854,775,808");
  EXPECT_EQ(fr().integer(999), "999");
  EXPECT_EQ(en().share(0.5517), "55.2%");
  EXPECT_EQ(fr().share(0.5517), "55,2\u202F%");
  EXPECT_EQ(en().share(1, 0), "100%");
}

TEST(Words, Money) {
  Currency eur = *Currency::parse("EUR");
  EXPECT_EQ(en().money(123450, eur), "€1,234.50");
  EXPECT_EQ(fr().money(123450, eur), "1\u202F234,50\u00A0€");
  EXPECT_EQ(en().money(-5, eur), "-€0.05");
  EXPECT_EQ(fr().money(-5, eur), "-0,05\u00A0€");
  EXPECT_EQ(en().money({142860281, *Currency::parse("BRL")}), "R$1,428,602.81");
  EXPECT_EQ(en().money(1500, *Currency::parse("JPY")), "¥1,500");
  EXPECT_EQ(en().money(1500, *Currency::parse("CHF")), "CHF\u00A015.00");
  EXPECT_EQ(fr().money(1500, *Currency::parse("USD")), "15,00\u00A0$US");
}

TEST(Words, DatesAndSpans) {
  Day day = day_of({2018, 8, 15});
  EXPECT_EQ(en().date(day), "15 August 2018");
  EXPECT_EQ(fr().date(day), "15 août 2018");
  EXPECT_EQ(fr().date(day_of({2024, 2, 1})), "1er février 2024");
  EXPECT_EQ(fr().month(day), "août 2018");
  EXPECT_EQ(en().month_short(day), "Aug 2018");
  LocalTime before_epoch{-1};
  EXPECT_EQ(en().date_and_time(before_epoch), "31 December 1969, 23:59");
  EXPECT_EQ(en().duration(days(2) + hours(4) + minutes(59)), "2 days 4 h");
  EXPECT_EQ(fr().duration(days(1) + minutes(59)), "1 jour");
  EXPECT_EQ(en().duration(hours(3) + minutes(20)), "3 h 20 min");
  EXPECT_EQ(en().duration(seconds(45)), "45 s");
  EXPECT_EQ(en().duration(milliseconds(120)), "120 ms");
  EXPECT_EQ(en().duration(Duration{} - minutes(1)), "-1 min");
}

TEST(French, SpacesThatMustNotBreak) {
  EXPECT_EQ(french_spaces("Quoi ? « Oui » : 5 % de 10 €"),
            "Quoi\u202F? «\u00A0Oui\u00A0»\u00A0: 5\u202F% de 10\u00A0€");
  EXPECT_EQ(french_spaces("https://a?b c"), "https://a?b c");
}

}  // namespace
}  // namespace cairn::i18n
