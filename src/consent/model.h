// What customers allow, and what they say of themselves.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "json/describe.h"
#include "people/model.h"

namespace cairn::consent {

/// What data may be used for. The names are for ever: they are in rows and events.
enum class Purpose { analytics, personalisation, email, sms, push, phone, profiling };
BOOST_DESCRIBE_ENUM(Purpose, analytics, personalisation, email, sms, push, phone, profiling)
inline constexpr size_t kPurposes = 7;

/// `unknown` is the absence of a statement; no statement says it. `denied` is a no that no yes went before.
enum class State { unknown, granted, denied, withdrawn };
BOOST_DESCRIBE_ENUM(State, unknown, granted, denied, withdrawn)

/// By what way we learnt of it. `event`: a trusted source's; `browser`: one whose key stands in public pages.
enum class How { preference_page, api, import, event, agent, browser };
BOOST_DESCRIBE_ENUM(How, preference_page, api, import, event, agent, browser)

/// One statement of consent. It is written once and never changed, but with its person's erasure.
struct Statement {
  Seq seq;              ///< The event that tells of it.
  CustomerId customer;  ///< Whom it was said of, before any merge.
  Purpose purpose = Purpose::analytics;
  State state = State::unknown;
  Time occurred_at;
  Time known_at;
  std::string source;  ///< Where it was said: `checkout`, `newsletter form`; never a person.
  How how = How::api;
  std::optional<int64_t> text_version;  ///< The text that they had before them.
  std::string language;                 ///< Of that text: `en`, `fr`; empty when nobody knows.
  std::string note;                     ///< What proves it, in words: `paper form 12, in the archive`.
};
BOOST_DESCRIBE_STRUCT(Statement, (),
                      (seq, customer, purpose, state, occurred_at, known_at, source, how, text_version, language, note))

/// A text that people agree to. A new wording is a new version; what is there never changes.
struct Text {
  Purpose purpose = Purpose::analytics;
  int64_t version = 0;  ///< From 1, of the purpose.
  Time valid_from;
  std::map<std::string, std::string> texts;  ///< By language.

  /// In another language when it is not there in that one. REQUIRES: not empty.
  const std::string& in(const std::string& language) const;
};
BOOST_DESCRIBE_STRUCT(Text, (), (purpose, version, valid_from, texts))

/// What customers may say of themselves, from the brand's lists.
enum class Attribute { interests, life_stage, causes };
BOOST_DESCRIBE_ENUM(Attribute, interests, life_stage, causes)

/// Like a statement: the history is its rows.
struct Declaration {
  Seq seq;
  CustomerId customer;
  Attribute attribute = Attribute::interests;
  std::vector<std::string> choices;  ///< In the order of the brand's list; none: taken back.
  Time occurred_at;
  Time known_at;
  std::string source;
  How how = How::api;
};
BOOST_DESCRIBE_STRUCT(Declaration, (), (seq, customer, attribute, choices, occurred_at, known_at, source, how))

struct Choice {
  std::string value;  ///< The wire name, `[a-z0-9_]+`.
  std::string en, fr;
  bool operator==(const Choice&) const = default;
};
BOOST_DESCRIBE_STRUCT(Choice, (), (value, en, fr))

/// What the categories of a shop's banner are for, by name in lower case. One that is not here says nothing.
using Categories = std::map<std::string, std::vector<Purpose>>;
const Categories& default_categories();

/// The preference page, and what banners say, as the brand wants it.
struct Settings {
  std::vector<Purpose> purposes = {Purpose::email,           Purpose::sms,       Purpose::push,     Purpose::phone,
                                   Purpose::personalisation, Purpose::profiling, Purpose::analytics};
  std::vector<Choice> interests, life_stages, causes;
  Categories categories = default_categories();
  static constexpr bool kDefaults = true;

  const std::vector<Choice>& choices(Attribute attribute) const;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (purposes, interests, life_stages, causes, categories))

inline constexpr std::array kPersonalColumns = {
    people::PersonalColumn{"consent_statements", "note", "what proves a consent, in somebody's words"},
    people::PersonalColumn{"consent_declared", "choices", "what customers say of themselves"},
};

}  // namespace cairn::consent
