// The words of a flatten: how it ended, and what it is about.
#include "sluice/domain/flatten.hpp"

namespace sluice {

std::string_view to_string(flatten_end e) {
  switch (e) {
    case flatten_end::done:
      return "done";
    case flatten_end::given_up:
      return "given_up";
    case flatten_end::replaced:
      return "replaced";
  }
  return "?";
}

std::string_view scope_of(const flatten_order& o) {
  return o.instrument.empty() ? std::string_view{"all"} : std::string_view{o.instrument.str()};
}

}  // namespace sluice
