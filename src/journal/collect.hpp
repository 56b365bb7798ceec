// Rows of a query as a vector of values.
#pragma once

#include <vector>

#include "database.hpp"

namespace sluice::journal {

/// Appends what `read` makes of each row to `out`; the first row it cannot read ends it.
template <class T, class Read>
[[nodiscard]] result<void> collect(database& db, std::string_view sql,
                                   std::initializer_list<sql_value> values, std::vector<T>& out,
                                   const Read& read) {
  return db.each(sql, values, [&](const row& r) -> result<void> {
    result<T> item = read(r);
    if (!item)
      return item.error();
    out.push_back(std::move(*item));
    return {};
  });
}

}  // namespace sluice::journal
