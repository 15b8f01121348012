// Answers of questions for a terminal. Pure.
#pragma once
#include <string>

#include "i18n/language.h"
#include "questions/service.h"

namespace cairn::app {

struct DrawOptions {
  size_t width = 80;
  bool colour = false;
  size_t rows = 20;  ///< Of a table; how many more there are is said.
  i18n::Language language = i18n::Language::en;
};

/// Lines of UTF-8, each ending with a line break: the question, its moment, its facts, its answer.
std::string draw_answer(const questions::Answer& answer, const DrawOptions& options);
std::string draw_one(const questions::OneAnswer& answer, const Zone& zone, const DrawOptions& options);

}  // namespace cairn::app
