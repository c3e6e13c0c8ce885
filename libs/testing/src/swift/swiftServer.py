"""OpenStack Swift with its S3 API, all of it in one process and one directory, much as its own functional tests run it.

Arguments: the directory, the port, the access key (account:user), its secret, and "conditional" where writes shall be
refused over what is there (If-None-Match: *), as Amazon does and this release of Swift cannot.
"""
import os
import sys
from array import array
from collections import defaultdict

import eventlet
from eventlet import semaphore, wsgi

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)

from paste.deploy import loadapp
from swift.account.server import AccountController
from swift.common import storage_policy, utils
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.middleware.s3api.s3request import S3Request
from swift.common.ring import RingData
from swift.common.swob import Request, Response
from swift.common.wsgi import make_pre_authed_request
from swift.container.server import ContainerController
from swift.obj.server import ObjectController

PROXY = """
[pipeline:main]
pipeline = catch_errors s3api tempauth bulk slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
"""


class Cache:
    """What memcached does, for one process."""

    def __init__(self):
        self.values = {}

    def get(self, key, *_args, **_more):
        return self.values.get(key)

    def set(self, key, value, *_args, **_more):
        self.values[key] = value

    def delete(self, key, *_args, **_more):
        self.values.pop(key, None)

    def incr(self, key, delta=1, *_args, **_more):
        self.values[key] = self.values.get(key, 0) + delta
        return self.values[key]


class Conditions:
    """Lets one conditional write of a key in at a time, and refuses those of a key that is taken."""

    def __init__(self, app, account):
        self.app = app
        self.account = account
        self.locks = defaultdict(semaphore.Semaphore)
        original = S3Request._validate_headers

        def lenient(request):
            condition = request.environ.pop('HTTP_IF_NONE_MATCH', None)
            original(request)
            if condition is not None:
                request.environ['HTTP_IF_NONE_MATCH'] = condition  # the signature covers it

        S3Request._validate_headers = lenient

    def __call__(self, environ, start_response):
        request = Request(environ)
        is_write = request.method == 'PUT' or (request.method == 'POST' and 'uploadId' in request.params)
        if not is_write or 'partNumber' in request.params or request.headers.get('If-None-Match') != '*':
            return self.app(environ, start_response)
        with self.locks[request.path]:
            if self.is_taken(environ, request.path):
                refusal = '<Error><Code>PreconditionFailed</Code><Message>It is there already.</Message></Error>'
                return Response(status=412, body=refusal, content_type='application/xml')(environ, start_response)
            return [b''.join(self.app(environ, start_response))]  # to its end: then the lock is given back

    def is_taken(self, environ, path):
        head = make_pre_authed_request(environ, 'HEAD', '/v1/AUTH_%s%s' % (self.account, path))
        head.headers.pop('If-None-Match', None)
        return head.get_response(self.app).status_int == 200


def listener(port=0):
    return eventlet.listen(('127.0.0.1', port))


def write(home, name, text):
    path = os.path.join(home, name)
    with open(path, 'w') as file:
        file.write(text)
    return path


def serve_disk(home):
    """Accounts, containers and objects, each with its ring of one device."""
    devices = os.path.join(home, 'devices')
    os.makedirs(os.path.join(devices, 'disk'), exist_ok=True)
    conf = {'log_level': 'ERROR', 'devices': devices, 'swift_dir': home, 'mount_check': 'false',
            'fallocate_reserve': '0', 'disable_fallocate': 'true'}
    for name, controller in (('account', AccountController), ('container', ContainerController),
                             ('object', ObjectController)):
        server = listener()
        device = {'id': 0, 'zone': 0, 'region': 1, 'device': 'disk', 'ip': '127.0.0.1',
                  'port': server.getsockname()[1], 'weight': 1}
        device.update(replication_ip=device['ip'], replication_port=device['port'])
        RingData([array('H', [0, 0])], [device], 31).save(os.path.join(home, name + '.ring.gz'))
        eventlet.spawn(wsgi.server, server, controller(conf), None, protocol=SwiftHttpProtocol, log_output=False)


def main(home, port, access_key, secret, conditional):
    write(home, 'swift.conf', '[swift-hash]\nswift_hash_path_suffix = tests\n')
    utils.set_swift_dir(home)
    utils.validate_hash_conf()
    storage_policy.reload_storage_policies()
    serve_disk(home)
    account, user = access_key.split(':')
    path = write(home, 'proxy.conf', PROXY.format(account=account, user=user, secret=secret))
    app = loadapp('config:' + path, global_conf={'swift_dir': home, 'log_level': 'ERROR'})
    app = Conditions(app, account) if conditional == 'conditional' else app
    cache = Cache()

    def cached(environ, start_response):
        environ['swift.cache'] = cache
        body = app(environ, start_response)
        return [] if environ['REQUEST_METHOD'] == 'HEAD' else body  # errors have one even there, which HTTP forbids

    server = listener(int(port))
    print('listening on port %s' % port, file=sys.stderr, flush=True)
    wsgi.server(server, cached, None, protocol=SwiftHttpProtocol, log_output=False)


main(*sys.argv[1:6])
