// The server's faces in a handshake: its proper certificate, and the wrong ones of the script.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>

#include "certificate.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

class tls_contexts {
 public:
  /// Loads the proper identity; the others are made when first asked for.
  [[nodiscard]] result<void> prepare(certificate identity);
  /// The proper one too where a wrong one could not be made.
  [[nodiscard]] boost::asio::ssl::context& of(tls_identity face);

 private:
  using context_ptr = std::unique_ptr<boost::asio::ssl::context>;
  [[nodiscard]] result<context_ptr> make(tls_identity face) const;
  certificate identity_{};
  std::map<tls_identity, context_ptr> made_{};
};

}  // namespace sluice::simulator
