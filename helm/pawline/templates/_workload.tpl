{{/* The objects that run a component. Each template takes the component with root. */}}

{{/* Name of the ServiceAccount that the pods have. */}}
{{- define "pawline.serviceAccountName" -}}
{{ .values.existingServiceAccount | default (include "pawline.componentName" .) }}
{{- end -}}

{{- define "pawline.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with .values.serviceAccountAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{- define "pawline.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
data:
  settings.yaml: |
    {{- include "pawline.settings" . | nindent 4 }}
{{- end -}}

{{- define "pawline.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with .values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .values.service.type }}
  selector:
    {{- include "pawline.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .values.service.port }}
      targetPort: http
      protocol: TCP
    {{- with include "pawline.managementServicePort" .root }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The names of the Secrets that a component's pods read, each once, as a YAML list. Takes the component. */}}
{{- define "pawline.secretNames" -}}
{{- $names := list -}}
{{- range concat (include "pawline.secretEnv" . | fromYamlArray) .values.extraEnv -}}
{{- $names = append $names (dig "valueFrom" "secretKeyRef" "name" "" .) -}}
{{- end -}}
{{- if has "database" .needs -}}
{{- $names = append $names .root.Values.database.caSecret -}}
{{- end -}}
{{- range .values.extraVolumes -}}
{{- $names = append $names (dig "secret" "secretName" "" .) -}}
{{- end -}}
{{- $names | uniq | compact | sortAlpha | toYaml -}}
{{- end -}}

{{- define "pawline.deploymentAnnotations" -}}
{{- with .values.deploymentAnnotations }}
{{ toYaml . }}
{{- end }}
{{- if .root.Values.reloader.enabled }}
secret.reloader.stakater.com/reload: {{ include "pawline.secretNames" . | fromYamlArray | join "," | quote }}
{{- end }}
{{- end -}}

{{- define "pawline.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  # A node can be drained even with a single pod. The work that waits then waits a little longer.
  maxUnavailable: {{ .values.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
{{- end -}}

{{- define "pawline.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with include "pawline.deploymentAnnotations" . | trim }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- if eq .values.scaling.mode "fixed" }}
  replicas: {{ .values.scaling.replicas }}
  {{- else }}
  {{- /* Without a number, a change from fixed would set it back to 1 until the autoscaler looks again */}}
  {{- with (lookup "apps/v1" "Deployment" .root.Release.Namespace (include "pawline.componentName" .)).spec }}
  replicas: {{ .replicas }}
  {{- end }}
  {{- end }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      {{- if or .stage (eq .name "ops") }}
      # One more pod than intended would call the provider too. Of ops there is only one.
      maxSurge: 0
      maxUnavailable: 1
      {{- else }}
      maxSurge: 1
      maxUnavailable: 0
      {{- end }}
  selector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "pawline.labels" . | nindent 8 }}
      annotations:
        {{- with .values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        # Settings are read once at the start, so a change of them starts new pods.
        pawline.io/settings-checksum: {{ include "pawline.settings" . | sha256sum }}
    spec:
      {{- include "pawline.podSecurity" . | nindent 6 }}
      serviceAccountName: {{ include "pawline.serviceAccountName" . }}
      # The pod waits before the stop. Then the stage drains and commits, and the web server ends its requests, see
      # timeout-per-shutdown-phase.
      terminationGracePeriodSeconds: {{ add .values.preStopSeconds .values.drainSeconds 60 }}
      containers:
        - name: {{ .name }}
          image: {{ include "pawline.image" (list .root (printf "%s-service" .name)) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          securityContext:
            {{- include "pawline.containerSecurity" . | nindent 12 }}
          ports:
            - name: http
              containerPort: {{ .port }}
              protocol: TCP
            {{- with include "pawline.managementContainerPort" .root }}
            {{- . | nindent 12 }}
            {{- end }}
          env:
            - name: JAVA_TOOL_OPTIONS
              value: {{ .values.javaOptions | quote }}
            - name: SPRING_CONFIG_ADDITIONALLOCATION
              value: file:/etc/pawline/settings.yaml
            {{- include "pawline.secretEnv" . | trim | nindent 12 }}
            {{- with .values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- if .values.preStopSeconds }}
          lifecycle:
            preStop:
              # The pod waits until nobody sends requests to it any more.
              {{- if semverCompare ">=1.30.0-0" .root.Capabilities.KubeVersion.Version }}
              sleep:
                seconds: {{ .values.preStopSeconds }}
              {{- else }}
              exec:
                command: ["sleep", {{ .values.preStopSeconds | quote }}]
              {{- end }}
          {{- end }}
          # The service has two minutes to start. The other two probes begin after that.
          startupProbe:
            httpGet:
              path: /actuator/health/liveness
              port: {{ include "pawline.managementPortName" .root }}
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet:
              path: /actuator/health/liveness
              port: {{ include "pawline.managementPortName" .root }}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet:
              path: /actuator/health/readiness
              port: {{ include "pawline.managementPortName" .root }}
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - name: settings
              mountPath: /etc/pawline
              readOnly: true
            - name: tmp
              mountPath: /tmp
            {{- if has "database" .needs }}
            {{- with include "pawline.databaseCaMount" .root }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- end }}
            {{- with .values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: settings
          configMap:
            name: {{ include "pawline.componentName" . }}
        - name: tmp
          emptyDir:
            sizeLimit: {{ .values.tmpSizeLimit }}
        {{- if has "database" .needs }}
        {{- with include "pawline.databaseCa" .root }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- end }}
        {{- with .values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .values.topologySpread }}
      topologySpreadConstraints:
        {{- range . }}
        - topologyKey: {{ .topologyKey }}
          maxSkew: {{ .maxSkew | default 1 }}
          whenUnsatisfiable: {{ .whenUnsatisfiable | default "ScheduleAnyway" }}
          labelSelector:
            matchLabels:
              {{- include "pawline.selectorLabels" $ | nindent 14 }}
        {{- end }}
      {{- end }}
      {{- include "pawline.placement" .values | nindent 6 }}
{{- end -}}
