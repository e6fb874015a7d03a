import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import org.eclipse.jetty.server.Server;

/** DynamoDB Local, which would listen on every address of the machine, on the loopback address alone. */
public class Loopback {
    public static void main(String[] arguments) throws Exception {
        var proxy = ServerRunner.createServerFromCommandLineArgs(arguments);
        var server = proxy.getClass().getDeclaredField("server");
        server.setAccessible(true);
        for (var connector : ((Server) server.get(proxy)).getConnectors()) {
            connector.setHost("127.0.0.1");
        }
        proxy.start();
        proxy.join();
    }
}
