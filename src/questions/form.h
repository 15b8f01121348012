// Answers as JSON. docs/reference/query-api.md is the page of it.
#pragma once
#include <string>

#include "json/value.h"
#include "questions/service.h"

namespace cairn::questions {

/// Which rows of each table are shown.
struct Page {
  size_t offset = 0;
  size_t limit = 1000;
};

/// Appends one value: number, text, true, false, null, a list; a time as RFC 3339 text; money as {minor, currency,
/// text}; a duration as {micros, text}.
void append_json(std::string& out, const query::Value& value);

std::string to_json(const Answer& answer, const Page& page);
std::string to_json(const OneAnswer& answer);
/// What a text is, or what is wrong with it.
std::string to_json(const query::CheckResult& checked, std::string_view text);
/// Kinds with their properties, entities, attributes, segments: what an editor completes from.
std::string catalogue_json(const query::Catalogue& catalogue, const std::vector<std::string>& segments);
/// The words of the language with their examples.
std::string words_json();

}  // namespace cairn::questions
