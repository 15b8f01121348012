// The preference page: what it shows, and what a form says that came back. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/zone.h"
#include "consent/rules.h"
#include "consent/service.h"
#include "http/request.h"
#include "i18n/language.h"

namespace cairn::consent {

/// What a page is made of.
struct Page {
  i18n::Language language = i18n::Language::en;
  std::string brand;
  Zone zone;
  std::string token;
  Settings settings;
  Standing standing;
  std::vector<Text> texts;
  std::map<Attribute, Declaration> declared;
  Time now;
  /// After saving: what was saved. It may be nothing.
  struct Saved {
    std::vector<Statement> statements;
    std::vector<Declaration> declarations;
  };
  std::optional<Saved> saved = {};
};

/// Works without scripts, loads nothing; every text that is not ours is escaped.
std::string draw(const Page& page);

/// Of a link that leads nowhere, or an error: a heading and a sentence.
std::string draw_notice(i18n::Language language, std::string_view brand, std::string_view title, std::string_view text);

/// What a form says.
struct Form {
  std::vector<Service::Said> said;
  Service::Choices choices;
};
/// `fields` of the form; what counts by now decides what is news. Error invalid for what no page of ours sends.
Result<Form> read_form(const std::vector<http::Field>& fields, const Settings& settings, const Standing& now,
                       i18n::Language language);

/// The text that the page shows: of a yes the one that it was given to, else the one in force. Null without any.
const Text* text_shown(const Page& page, Purpose purpose);

}  // namespace cairn::consent
