// The little that is understood of SQL text: where strings, quoted names, comments and dollar quotes begin and end, so
// that named parameters can be found between them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::db {

enum class Placeholder { question, dollar };  ///< `?1` of SQLite, `$1` of PostgreSQL.

struct NumberedSql {
  std::string text;
  std::vector<std::string> parameters;  ///< Names in the order of their numbers; number 1 is at 0.
};

/// Rewrites `:name` into numbered placeholders by first appearance; a name used twice is one parameter. `::cast`,
/// `'strings'`, `"names"`, `-- comments`, `/* comments */` and `$$ bodies $$` are left as they are, a `;` at the end is
/// dropped. Errors (invalid): an unfinished quote or comment, more than one statement, none at all.
Result<NumberedSql> number_parameters(std::string_view sql, Placeholder style);

}  // namespace cairn::db
