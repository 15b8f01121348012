#include "db/postgres/backend.h"
namespace cairn::db {
Result<std::unique_ptr<Backend>> make_postgres(World&, const StoreOptions&) { return fail(Code::unavailable, "no"); }
}
