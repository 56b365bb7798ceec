// What happens when somebody takes the value of a failed read.
#include "sluice/domain/exchange_port.hpp"

namespace sluice {

void throw_exception_from_error(const read_failure& f, const boost::source_location&) {
  throw std::logic_error("a failed read was used: " + f.text);
}

}  // namespace sluice
