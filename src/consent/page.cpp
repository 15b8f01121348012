#include "consent/page.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/resource.h"
#include "base/text.h"
#include "http/html.h"
#include "i18n/words.h"

CAIRN_RESOURCES(consent_files)

namespace cairn::consent {
namespace {

using http::escape_html;

constexpr Purpose kMessages[] = {Purpose::email, Purpose::sms, Purpose::push, Purpose::phone};

/// Lines as they were written.
std::string paragraph(std::string_view text) {
  std::string out;
  for (char c : escape_html(text)) out += c == '\n' ? std::string("<br>") : std::string(1, c);
  return out;
}

struct Slot {
  std::string_view name, value;
};
/// `{{name}}` in the frame; a value is never looked into.
std::string fill(std::string_view frame, std::initializer_list<Slot> slots) {
  std::string out;
  for (size_t at = 0;;) {
    size_t open = frame.find("{{", at);
    out += frame.substr(at, open - at);
    if (open == frame.npos) return out;
    size_t close = frame.find("}}", open);
    std::string_view name = frame.substr(open + 2, close - open - 2);
    for (const Slot& slot : slots)
      if (slot.name == name) out += slot.value;
    at = close + 2;
  }
}

/// The first letter, for the mark.
std::string initial(std::string_view text) {
  size_t end = 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.empty() ? "·" : std::string(text.substr(0, end));
}

std::string key_of(std::string_view what, Purpose purpose) {
  return fmt::format("consent.{}.{}", what, json::enum_name(purpose));
}

struct Frame {
  i18n::Language language;
  std::string_view brand;
  std::string_view title;
  std::string_view main;
  std::string_view languages = {};
  std::string_view footer = {};
};
std::string draw_frame(const Frame& f) {
  auto html = consent_files().find("page.html");
  CHECK(html);
  std::string brand = escape_html(f.brand);
  return fill(*html, {{"lang", json::enum_name(f.language)},
                      {"title", fmt::format("{} · {}", escape_html(f.title), brand)},
                      {"mark", escape_html(initial(f.brand))},
                      {"brand", brand},
                      {"languages", f.languages},
                      {"main", f.main},
                      {"footer", f.footer}});
}

class Drawing {
 public:
  explicit Drawing(const Page& page) : p_(page), words_(i18n::Words::in(page.language)) {}

  std::string draw() {
    out_ += fmt::format("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n", word("page.title"),
                        escape_html(words_.text("consent.page.lead", {{"brand", p_.brand}})));
    if (p_.saved) saved(*p_.saved);
    out_ += fmt::format(
        "<form method=\"post\" action=\"/preferences/{0}\">\n"
        "<input type=\"hidden\" name=\"token\" value=\"{0}\">\n"
        "<input type=\"hidden\" name=\"lang\" value=\"{1}\">\n",
        escape_html(p_.token), json::enum_name(p_.language));
    purposes("page.messages", true);
    purposes("page.data", false);
    about();
    out_ += fmt::format(
        "<div class=\"actions\"><button name=\"do\" value=\"save\">{}</button>"
        "<button class=\"second\" name=\"do\" value=\"refuse_all\">{}</button></div>\n</form>",
        word("page.save"), word("page.refuse_all"));
    std::string title = words_.text("consent.page.title");
    return draw_frame({p_.language, p_.brand, title, out_, languages(), word("page.footer")});
  }

 private:
  std::string word(std::string_view key) const { return escape_html(words_.text(fmt::format("consent.{}", key))); }

  std::string languages() const {
    std::string out = fmt::format("<nav class=\"languages\" aria-label=\"{}\">", word("page.languages"));
    constexpr std::pair<i18n::Language, std::string_view> kNames[] = {{i18n::Language::en, "English"},
                                                                      {i18n::Language::fr, "Français"}};
    for (auto [language, name] : kNames)
      out += fmt::format(R"(<a href="/preferences/{}?lang={}" lang="{}" hreflang="{}"{}>{}</a>)", escape_html(p_.token),
                         json::enum_name(language), json::enum_name(language), json::enum_name(language),
                         language == p_.language ? " aria-current=\"true\"" : "", name);
    return out + "</nav>";
  }

  void saved(const Page::Saved& saved) {
    bool is_nothing = saved.statements.empty() && saved.declarations.empty();
    out_ += fmt::format("<div class=\"saved\" role=\"status\"><b>{}</b>",
                        word(is_nothing ? "page.nothing_changed" : "page.saved"));
    if (!is_nothing) out_ += "<ul>";
    for (const Statement& s : saved.statements)
      out_ += fmt::format(
          "<li>{}</li>",
          escape_html(words_.text(s.state == State::granted ? "consent.page.saved_yes" : "consent.page.saved_no",
                                  {{"purpose", words_.text(key_of("purpose", s.purpose))}})));
    for (const Declaration& d : saved.declarations) {
      std::string attribute = words_.text(fmt::format("consent.said.{}", json::enum_name(d.attribute)));
      out_ += fmt::format("<li>{}</li>", escape_html(words_.text("consent.page.saved_declared",
                                                                 {{"attribute", attribute}, {"choices", names(d)}})));
    }
    out_ += is_nothing ? "</div>\n" : "</ul></div>\n";
  }

  std::string names(const Declaration& d) const {
    std::string out;
    for (const std::string& value : d.choices)
      for (const Choice& c : p_.settings.choices(d.attribute))
        if (c.value == value) out += (out.empty() ? "" : ", ") + name(c);
    return out.empty() ? words_.text("consent.page.none") : out;
  }
  const std::string& name(const Choice& c) const { return p_.language == i18n::Language::fr ? c.fr : c.en; }

  void purposes(std::string_view heading, bool of_messages) {
    bool is_open = false;
    for (Purpose purpose : p_.settings.purposes) {
      bool is_message = std::find(std::begin(kMessages), std::end(kMessages), purpose) != std::end(kMessages);
      const Text* text = text_shown(p_, purpose);
      if (is_message != of_messages || !text) continue;
      if (!is_open) out_ += fmt::format("<h2>{}</h2>\n<div class=\"card\">\n", word(heading));
      is_open = true;
      draw_purpose(purpose, *text);
    }
    if (is_open) out_ += "</div>\n";
  }

  void draw_purpose(Purpose purpose, const Text& text) {
    std::string_view name = json::enum_name(purpose);
    const auto& said = at(p_.standing, purpose);
    State state = state_of(said);
    std::string day = said ? words_.date(p_.zone.day(said->occurred_at)) : std::string();
    std::string_view since = "since_no";
    if (state == State::granted) since = "since_yes";
    if (state == State::unknown) since = "since_never";
    out_ += fmt::format(
        "<label class=\"purpose\"><b>{}</b><span class=\"what\" id=\"{}_what\">{}</span>"
        "<span class=\"since{}\" id=\"{}_since\">{}</span>"
        "<span class=\"switch\"><input type=\"checkbox\" role=\"switch\" name=\"{}\" value=\"on\"{} "
        "aria-label=\"{}\" aria-describedby=\"{}_what {}_since\"><i></i></span>"
        "<input type=\"hidden\" name=\"shown_{}\" value=\"{}:{}\"></label>\n",
        word(fmt::format("purpose.{}", name)), name, paragraph(text.in(std::string(json::enum_name(p_.language)))),
        state == State::granted ? " yes" : "", name,
        escape_html(words_.text(fmt::format("consent.page.{}", since), {{"day", day}})), name,
        state == State::granted ? " checked" : "", word(fmt::format("purpose.{}", name)), name, name, name,
        json::enum_name(state), text.version);
  }

  void about() {
    bool is_open = false;
    for (Attribute attribute : json::enum_values<Attribute>()) {
      const std::vector<Choice>& choices = p_.settings.choices(attribute);
      if (choices.empty()) continue;
      if (!is_open)
        out_ += fmt::format("<h2>{}</h2>\n<p class=\"hint\">{}</p>\n<div class=\"card\">\n", word("page.about"),
                            word("page.about_hint"));
      is_open = true;
      draw_choices(attribute, choices);
    }
    if (is_open) out_ += "</div>\n";
  }

  void draw_choices(Attribute attribute, const std::vector<Choice>& choices) {
    std::string_view field = json::enum_name(attribute);
    bool is_one = attribute == Attribute::life_stage;
    auto said = p_.declared.find(attribute);
    auto is_chosen = [&](const std::string& value) {
      if (said == p_.declared.end() || said->second.choices.empty()) return value.empty();
      const auto& chosen = said->second.choices;
      return std::find(chosen.begin(), chosen.end(), value) != chosen.end();
    };
    auto chip = [&](const std::string& value, std::string_view label) {
      out_ +=
          fmt::format("<label class=\"chip\"><input type=\"{}\" name=\"{}\" value=\"{}\"{}><span>{}</span></label>\n",
                      is_one ? "radio" : "checkbox", field, escape_html(value), is_chosen(value) ? " checked" : "",
                      escape_html(label));
    };
    std::string shown;
    for (const Choice& c : choices)
      if (is_chosen(c.value)) shown += (shown.empty() ? "" : ",") + c.value;
    out_ += fmt::format(
        "<fieldset><legend>{}</legend><input type=\"hidden\" name=\"shown_{}\" value=\"{}\">"
        "<div class=\"chips\">\n",
        word(fmt::format("attribute.{}", field)), field, shown);
    for (const Choice& c : choices) chip(c.value, name(c));
    if (is_one) chip("", words_.text("consent.page.no_answer"));
    out_ += "</div></fieldset>\n";
  }

  const Page& p_;
  const i18n::Words& words_;
  std::string out_;
};

std::optional<std::string_view> value_of(const std::vector<http::Field>& fields, std::string_view name) {
  for (const http::Field& f : fields)
    if (f.name == name) return f.value;
  return std::nullopt;
}

struct Shown {
  State state = State::unknown;
  int64_t version = 0;
};
/// `granted:2`.
Result<Shown> read_shown(std::string_view field, std::string_view text) {
  size_t colon = text.find(':');
  auto state = json::enum_from<State>(text.substr(0, colon));
  Shown out;
  std::string_view digits = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.version);
  if (!state || error != std::errc() || end != digits.data() + digits.size())
    return fail_at(std::string(field), "'{}' is nothing that a page of ours says", text);
  out.state = *state;
  return out;
}

}  // namespace

const Text* text_shown(const Page& page, Purpose purpose) {
  const auto& said = at(page.standing, purpose);
  if (said && said->state == State::granted && said->text_version)
    if (const Text* agreed = find_text(page.texts, purpose, *said->text_version)) return agreed;
  return text_in_force(page.texts, purpose, page.now);
}

std::string draw(const Page& page) { return Drawing(page).draw(); }

std::string draw_notice(i18n::Language language, std::string_view brand, std::string_view title,
                        std::string_view text) {
  std::string main = fmt::format("<h1>{}</h1>\n<p class=\"lead\">{}</p>", escape_html(title), escape_html(text));
  return draw_frame({language, brand, title, main});
}

Result<Form> read_form(const std::vector<http::Field>& fields, const Settings& settings, const Standing& now,
                       i18n::Language language) {
  Form out;
  bool refuses_all = value_of(fields, "do") == "refuse_all";
  for (Purpose purpose : settings.purposes) {
    std::string name(json::enum_name(purpose)), field = "shown_" + name;
    auto text = value_of(fields, field);
    if (!text) continue;
    Shown shown = TRY(read_shown(field, *text));
    State state = state_of(at(now, purpose));
    auto said =
        refuses_all ? said_by_refusal(state) : said_by_switch(shown.state, value_of(fields, name).has_value(), state);
    if (said)
      out.said.push_back({.purpose = purpose,
                          .state = *said,
                          .source = "preference page",
                          .text_version = shown.version,
                          .language = std::string(json::enum_name(language))});
  }
  if (refuses_all) return out;
  for (Attribute attribute : json::enum_values<Attribute>()) {
    std::string name(json::enum_name(attribute));
    auto shown = value_of(fields, "shown_" + name);
    if (!shown) continue;
    std::vector<std::string> chosen;
    for (const http::Field& f : fields)
      if (f.name == name && !f.value.empty()) chosen.push_back(f.value);
    if (*shown != fmt::format("{}", fmt::join(chosen, ","))) out.choices[attribute] = std::move(chosen);
  }
  return out;
}

}  // namespace cairn::consent
